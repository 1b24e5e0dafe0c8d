#include <algorithm>

#include "dsl/elaborate/elaborator.h"

namespace dlc {

namespace {

struct ReducerFacts {
  const char* word;
  Combiner combiner;
  enum class Wants { numbers, ordered, booleans } wants;
};

constexpr ReducerFacts reducers[] = {
    {"sum", Combiner::sum, ReducerFacts::Wants::numbers},
    {"mean", Combiner::sum, ReducerFacts::Wants::numbers},
    {"product", Combiner::product, ReducerFacts::Wants::numbers},
    {"max", Combiner::maximum, ReducerFacts::Wants::ordered},
    {"min", Combiner::minimum, ReducerFacts::Wants::ordered},
    {"any", Combiner::any, ReducerFacts::Wants::booleans},
    {"all", Combiner::all, ReducerFacts::Wants::booleans},
    {"argmax", Combiner::argmax, ReducerFacts::Wants::ordered},
    {"argmin", Combiner::argmin, ReducerFacts::Wants::ordered},
};

}  // namespace

/// The term, a single number for each combination of the axes in `over`, combined.
Meaning Elaborator::reduce(const std::string& reducer, const Meaning& term, std::vector<IndexId> over,
                           const SourceRange& range, const std::string& name) {
  const auto* facts = std::find_if(std::begin(reducers), std::end(reducers),
                                   [&](const ReducerFacts& row) { return reducer == row.word; });
  std::optional<Quantity> tensor = tensor_of(term, range);
  if (!tensor) return Poison{};
  const bool is_boolean = tensor->kind == Kind::boolean;
  if (is_boolean != (facts->wants == ReducerFacts::Wants::booleans)) {
    if (is_boolean) {
      report(message::boolean_operand, range);
    } else {
      report(message::reducer_wants_booleans, range, reducer).note(message::brackets_around_term, reducer);
    }
    return Poison{};
  }
  const bool gives_place = facts->combiner == Combiner::argmax || facts->combiner == Combiner::argmin;
  if (gives_place && over.size() != 1) {
    report(message::one_index, range, reducer);
    return Poison{};
  }
  if (facts->wants == ReducerFacts::Wants::numbers) tensor = as_number(std::move(*tensor));
  if (over.empty()) return *tensor;
  double count = 1;
  for (const IndexId axis : over) count *= static_cast<double>(builder.axes.extent(axis));
  const bool is_mean = reducer == "mean";
  Quantity result =
      builder.reduced(facts->combiner, *tensor, std::move(over), is_mean ? name + ".sum" : name);
  if (is_mean)
    result.body = call_body(Scalar::divide, std::move(result.body), constant_body(count, Kind::number));
  return result;
}

/// The name that a path of nets and instances means: `part` is a net setting here, `cnn.head` stands for
/// itself.
std::optional<std::string> Elaborator::path_of(const tree::Path& path) {
  std::string text;
  for (std::size_t i = 0; i < path.names.size(); ++i) {
    std::string name = path.names[i].text;
    if (i == 0) {
      const Binding* bound = find_binding(name);
      const auto* setting = bound ? std::get_if<Setting>(&bound->meaning) : nullptr;
      const auto* part = setting ? std::get_if<PathSetting>(&setting->value) : nullptr;
      if (part) {
        name = part->path;
      } else {
        const DeclaredFunction* declared = setup_.program.find(name, now().in_library());
        if (!declared || declared->function->kind != tree::FunctionKind::net) {
          const auto added = report(message::unknown_net, path.names[i].range, name);
          suggest(added, name, net_names());
          return std::nullopt;
        }
      }
    }
    text += (i == 0 ? "" : ".") + name;
  }
  return text;
}

std::vector<std::string> Elaborator::net_names() const {
  std::vector<std::string> names;
  for (const std::string& name : setup_.program.functions_in_order) {
    if (setup_.program.own.at(name).function->kind == tree::FunctionKind::net) names.push_back(name);
  }
  return names;
}

/// All parameters of a path: a net's may be met only later, then those of the run before are taken.
std::vector<std::string> Elaborator::parameters_of(const std::string& path) {
  const auto belongs = [&](const std::string& name) {
    return name == path || (name.starts_with(path) && name[path.size()] == '.');
  };
  std::vector<std::string> names;
  for (const Kept& known : setup_.known_parameters) {
    if (known.trained && belongs(known.name)) names.push_back(known.name);
  }
  if (!names.empty()) return names;
  for (const KeptValue& value : kept) {
    if (value.trained && belongs(value.name)) names.push_back(value.name);
  }
  const bool is_open = std::any_of(activations_.begin(), activations_.end(), [&](const auto& activation) {
    return activation->instance == path || path.starts_with(activation->instance + ".");
  });
  path_was_unknown = path_was_unknown || names.empty() || is_open;
  return names;
}

std::vector<std::string> paths_of(const std::vector<std::string>& parameters) {
  std::vector<std::string> paths;
  for (const std::string& name : parameters) {
    for (std::size_t end = name.find('.'); end != std::string::npos; end = name.find('.', end + 1))
      paths.push_back(name.substr(0, end));
    paths.push_back(name);
  }
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

Meaning Elaborator::evaluate_path_reduction(const tree::PathReduction& reduction, const SourceRange& range) {
  const std::optional<std::string> path = path_of(reduction.path);
  if (!path) return Poison{};
  if (is_of_measured_) {
    report(message::metric_mixture, range, *path);
    return Poison{};
  }
  const std::vector<std::string> names = parameters_of(*path);
  if (names.empty()) {
    // In a function that was given the path, as l2(cnn), the place is where it was given.
    const Binding* bound = find_binding(reduction.path.names[0].text);
    const SourceRange& place = bound && bound->given ? *bound->given : reduction.path.range;
    std::vector<std::string> known;
    for (const Kept& each : setup_.known_parameters) {
      if (each.trained) known.push_back(each.name);
    }
    if (!known.empty()) suggest(report(message::no_parameters, place, *path), *path, paths_of(known));
    return Setting{0.0};
  }
  Meaning total = Poison{};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const KeptValue* value = find_kept(names[i]);
    Quantity parameter = value ? value->current : add_known_parameter(names[i]);
    open_scope();
    bind(reduction.variable, std::move(parameter));
    const Meaning term = evaluate(*reduction.body);
    close_scope();
    if (is_poison(term)) return Poison{};
    const auto* shaped = std::get_if<Quantity>(&term);
    if (shaped && !shaped->dimensions.empty()) {
      const std::string& reducer = reduction.reducer.text;
      const SourceRange& body = reduction.body->range;
      report(message::parameter_term, body, reducer,
             reduction.variable.text + " in " + text_of(reduction.path.range), names[i], shape_text(*shaped))
          .note(message::write_instead, reducer + "(" + text_of(body) + ")");
      return Poison{};
    }
    total = i == 0 ? term : combine_terms(reduction.reducer.text, total, term, range);
  }
  if (reduction.reducer.text == "mean" && !is_poison(total)) {
    return apply(Scalar::divide, total, Setting{static_cast<double>(names.size())}, range);
  }
  return total;
}

Meaning Elaborator::combine_terms(const std::string& reducer, const Meaning& a, const Meaning& b,
                                  const SourceRange& range) {
  if (reducer == "sum" || reducer == "mean") return apply(Scalar::add, a, b, range);
  if (reducer == "product") return apply(Scalar::multiply, a, b, range);
  if (reducer == "max") return apply(Scalar::maximum, a, b, range);
  if (reducer == "min") return apply(Scalar::minimum, a, b, range);
  if (reducer == "any") return apply(Scalar::logical_or, a, b, range);
  if (reducer == "all") return apply(Scalar::logical_and, a, b, range);
  report(message::reducer_over_path, range, reducer);
  return Poison{};
}

}  // namespace dlc
