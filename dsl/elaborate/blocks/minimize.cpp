#include <algorithm>

#include "dsl/elaborate/elaborator.h"
#include "dsl/elaborate/graphs.h"

namespace dlc {

/// The loss of one number for each example, and in the training plan the updates of all parameters that it
/// depends on.
void Elaborator::minimize(const tree::Minimize& line) {
  if (loss_) {
    report(message::two_minimize, line.loss.range);
    return;
  }
  loss_ = Quantity{};
  const DeclaredFunction* optimizer = setup_.program.find(line.optimizer.text, false);
  if (!optimizer || optimizer->function->kind != tree::FunctionKind::optimizer) {
    std::vector<std::string> names;
    for (const auto* functions : {&setup_.program.own, &setup_.program.library}) {
      for (const auto& [name, function] : *functions) {
        if (function.function->kind == tree::FunctionKind::optimizer) names.push_back(name);
      }
    }
    suggest(report(message::unknown_optimizer, line.optimizer.range, line.optimizer.text),
            line.optimizer.text, names);
    optimizer = nullptr;
  }
  const Meaning meaning = evaluate(line.loss);
  std::optional<Quantity> each = tensor_of(meaning, line.loss.range);
  if (!each) return;
  if (!each->dimensions.empty()) {
    const auto added = report(message::loss_shape, line.loss.range, shape_text(*each));
    note_history(added, *each);
    return;
  }
  if (each->kind == Kind::boolean) {
    report(message::boolean_operand, line.loss.range);
    return;
  }
  builder.places = {place_of(line.loss.range)};
  Quantity loss = builder.materialized(loss_of(builder, as_number(std::move(*each)), batch_axis_), "loss");
  builder.graph.outputs.push_back({"loss", std::get<Read>(loss.body.expressions[0]).tensor});
  loss_ = loss;
  if (mode_ == Mode::training && optimizer) optimize(line, *optimizer, loss);
}

namespace {

bool is_in(const std::string& name, const std::string& path) {
  return name == path || name.starts_with(path + ".");
}

/// Is a net's name, or a path that begins with it, part of the expression?
bool mentions(const tree::Expression& expression, const std::string& net) {
  if (const auto* use = std::get_if<tree::NameUse>(&expression.what); use && use->name == net) return true;
  const auto* reduction = std::get_if<tree::PathReduction>(&expression.what);
  if (reduction && reduction->path.names[0].text == net) return true;
  bool found = false;
  for_each_inside(expression,
                  [&](const tree::Expression& inside) { found = found || mentions(inside, net); });
  return found;
}

}  // namespace

/// The parameters that the loss depends on, of the paths given by `over` if there are any; each of these
/// names one.
std::vector<std::string> Elaborator::trained_by(const tree::Minimize& line, ValueId loss) {
  const ValueId roots[] = {loss};
  const std::vector<bool> needed = needed_by(builder.graph, roots);
  std::vector<std::string> names;
  std::vector<std::string> trained;
  for (const KeptValue& value : kept) {
    if (value.trained) trained.push_back(value.name);
    if (value.trained && needed[number_of(value.value)]) names.push_back(value.name);
  }
  const bool may_come = path_was_unknown && !setup_.had_run_before;  // of a net that is called further down
  if (names.empty() && errors_ == 0 && !may_come) {
    const auto added = report(message::nothing_to_train, line.loss.range);
    for (const std::string& net : net_names()) {
      const auto is_it = [&](const NetLine& called) { return called.name == net; };
      if (mentions(line.loss, net) && std::none_of(nets.begin(), nets.end(), is_it))
        added.note(message::net_not_called, net);
    }
  }
  if (names.empty() || line.over.empty()) return names;
  std::vector<std::string> paths;
  for (const tree::Path& path : line.over) {
    const std::optional<std::string> text = path_of(path);
    if (!text) return {};
    const auto names_it = [&](const std::string& name) { return is_in(name, *text); };
    const std::vector<std::string> known = paths_of(trained);
    if (std::find(known.begin(), known.end(), *text) == known.end()) {
      suggest(report(message::no_parameters, path.range, *text), *text, known);
      return {};
    }
    if (std::none_of(names.begin(), names.end(), names_it)) {
      report(message::over_without_effect, path.range, *text);
      return {};
    }
    paths.push_back(*text);
  }
  std::erase_if(names, [&](const std::string& name) {
    return std::none_of(paths.begin(), paths.end(),
                        [&](const std::string& path) { return is_in(name, path); });
  });
  return names;
}

void Elaborator::optimize(const tree::Minimize& line, const DeclaredFunction& optimizer,
                          const Quantity& loss) {
  const ValueId loss_value = std::get<Read>(loss.body.expressions[0]).tensor;
  const std::vector<std::string> names = trained_by(line, loss_value);
  std::optional<std::vector<std::optional<Given>>> given =
      match_arguments(optimizer, line.arguments, {}, line.optimizer.range);
  if (!given || names.empty()) return;
  for (std::size_t i = 2; i < given->size(); ++i) {
    auto* tensor = (*given)[i] ? std::get_if<Quantity>(&(*given)[i]->meaning) : nullptr;
    if (!tensor) continue;
    const std::string& name = optimizer.function->parameters[i].name.text;
    if (!builder.frame_of(*tensor).empty() || !tensor->dimensions.empty()) {
      report(message::rate_with_frame, (*given)[i]->range, name);
      return;
    }
    if (!builder.is_cheap(*tensor))
      *tensor = builder.materialized(*tensor, optimizer.function->name.text + "." + name);
  }
  std::vector<Quantity> gradients;
  for (const std::string& name : names) {
    const KeptValue* parameter = find_kept(name);
    Type type{Kind::number, Element::f32, parameter->shape, 0, 0};
    gradients.push_back(
        builder.node(name + ".gradient", std::move(type), Gradient{loss_value, parameter->value}, {}));
  }
  make_gradient_norm(names, gradients);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!run_optimizer(line, optimizer, names[i], gradients[i], *given)) return;
  }
}

/// The norm of all gradients together; what nothing reads is left out of the step.
void Elaborator::make_gradient_norm(const std::vector<std::string>& names,
                                    const std::vector<Quantity>& gradients) {
  std::optional<Body> total;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    Quantity square = gradients[i];
    std::vector<IndexId> over;
    for (const Dimension& dimension : square.dimensions) over.push_back(dimension.axis);
    square.dimensions.clear();
    square.body.add(Call{Scalar::multiply, square.body.root, square.body.root});
    if (!over.empty()) square = builder.reduced(Combiner::sum, square, over, names[i] + ".gradient.square");
    total = total ? call_body(Scalar::add, std::move(*total), square.body) : square.body;
  }
  Quantity norm;
  norm.body = call_body(Scalar::sqrt, std::move(*total));
  gradient_norm_ = builder.materialized(norm, "gradient_norm");
}

bool Elaborator::run_optimizer(const tree::Minimize& line, const DeclaredFunction& optimizer,
                               const std::string& name, const Quantity& gradient,
                               const std::vector<std::optional<Given>>& arguments) {
  const tree::Function& function = *optimizer.function;
  std::vector<std::optional<Given>> given = arguments;
  const SourceRange& range = line.optimizer.range;
  if (function.parameters.size() < 2) {
    report(message::optimizer_parameters, range, function.name.text);
    return false;
  }
  const Quantity before = find_kept(name)->current;
  given[0] = Given{nullptr, before, range, false, range};
  given[1] = Given{nullptr, gradient, range, false, range};
  auto activation = std::make_unique<Activation>();
  activation->declared = &optimizer;
  activation->call = range;
  activation->user_place = range;
  activation->places = {place_of(range)};
  activation->site = name;
  activation->scopes.emplace_back();
  activation->optimizer = &function;
  activation->parameter = name;
  activation->first_inner_axis = static_cast<std::uint32_t>(builder.axes.indices.size());
  activations_.push_back(std::move(activation));
  bool is_sound = bind_parameters(optimizer, given, range);
  if (is_sound) {
    run(function.body, false);
    is_sound = !now().is_given_up;
  }
  std::optional<Quantity> next = std::move(now().update);
  take_over_writes();
  activations_.pop_back();
  if (!is_sound) return false;
  if (!next) {
    if (errors_ == 0) report(message::optimizer_without_update, function.name.range, function.name.text);
    return false;
  }
  KeptValue* parameter = find_kept(name);
  parameter->current = std::move(*next);
  parameter->is_written = true;
  return true;
}

/// What was written becomes the next value when the step is done.
void Elaborator::add_updates() {
  for (const KeptValue& value : kept) {
    if (!value.is_written) continue;
    const ValueId next = builder.value_of(value.current, value.name + ".next");
    Type type{Kind::number, Element::f32, value.shape, 0, 0};
    builder.graph.add(
        {value.name + ".update", std::move(type), Update{value.value, next}, builder.graph[next].places});
  }
}

}  // namespace dlc
