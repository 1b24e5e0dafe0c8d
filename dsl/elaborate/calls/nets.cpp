#include <algorithm>

#include "dsl/elaborate/elaborator.h"
#include "dsl/elaborate/graphs.h"

namespace dlc {

namespace {

std::string first_line(const std::string& doc) {
  return doc.substr(0, doc.find('\n'));
}

}  // namespace

std::int64_t Elaborator::parameters_in(const std::string& instance) const {
  std::int64_t total = 0;
  for (const KeptValue& value : kept) {
    if (value.trained && value.name.starts_with(instance + ".")) total += count(value.shape);
  }
  return total;
}

/// The lines of a summary: a net at its first call, and the layers that its body calls.
void Elaborator::note_summary(const DeclaredFunction& declared, const Activation& done, const Meaning& result,
                              const Shapes& inputs, std::size_t first_value) {
  const tree::FunctionKind kind = declared.function->kind;
  if (muted_ > 0 || measuring_) return;
  const auto* tensor = std::get_if<Quantity>(&result);
  const Shape shape = tensor ? builder.shape_of(*tensor) : Shape{};
  const double operations =
      operations_of(builder.graph, first_value, builder.graph.size()) / static_cast<double>(batch_);
  if (kind == tree::FunctionKind::net) {
    const bool is_known =
        std::any_of(nets.begin(), nets.end(), [&](const NetLine& net) { return net.name == done.instance; });
    if (is_known) return;
    NetLine net;
    net.name = done.instance;
    net.result = shape;
    net.operations = operations;
    net.parameters = parameters_in(done.instance);
    net.doc = first_line(declared.doc);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      net.input +=
          (i ? ", " : "") + declared.function->parameters[i].name.text + message::Shape(inputs[i]).text;
    }
    net.layers = std::exchange(open_layers_, {});
    nets.push_back(std::move(net));
    return;
  }
  const bool in_net = now().declared && now().declared->function->kind == tree::FunctionKind::net;
  if (kind != tree::FunctionKind::layer || !in_net) return;
  const std::string local = done.instance.substr(now().instance.size() + 1);
  const bool is_listed = std::any_of(open_layers_.begin(), open_layers_.end(),
                                     [&](const LayerLine& line) { return line.name == local; });
  if (is_listed) return;
  open_layers_.push_back({local, shape, parameters_in(done.instance), operations, place_of(done.call)});
}

/// A net that no train block calls is checked by itself, if its parameters say all extents.
void Elaborator::check_alone(const DeclaredFunction& net) {
  open_activation("");
  std::vector<std::optional<Given>> given;
  const std::vector<IndexId> frame = {batch_axis_};
  const tree::Function& function = *net.function;
  for (const tree::Parameter& parameter : function.parameters) {
    if (!parameter.dimensions) return;
    Type type{Kind::number, Element::f32, {batch_}, 0, 0};
    for (const tree::Dimension& dimension : *parameter.dimensions) {
      const auto* expression = std::get_if<Box<tree::Expression>>(&dimension);
      const std::optional<Setting> extent = expression ? quiet_setting(**expression) : std::nullopt;
      if (!extent || as_integer(*extent).value_or(0) < 1) return;
      type.shape.push_back(*as_integer(*extent));
    }
    Quantity input = builder.input(parameter.name.text, std::move(type), frame);
    given.emplace_back(Given{nullptr, std::move(input), parameter.range, false, parameter.range});
  }
  auto activation = std::make_unique<Activation>();
  activation->declared = &net;
  activation->call = function.name.range;
  activation->user_place = function.name.range;
  activation->ambient = frame;
  activation->instance = activation->site = function.name.text;
  activation->scopes.emplace_back();
  const Meaning result = run_function(net, std::move(given), std::move(activation), function.name.range, "");
  if (const auto* tensor = std::get_if<Quantity>(&result)) {
    builder.graph.outputs.push_back({function.name.text, builder.value_of(*tensor, function.name.text)});
  }
}

}  // namespace dlc
