#include <algorithm>

#include "dsl/elaborate/elaborator.h"

namespace dlc {

namespace {

bool has_pack(const tree::Parameter& parameter) {
  return parameter.dimensions && std::any_of(parameter.dimensions->begin(), parameter.dimensions->end(),
                                             [](const tree::Dimension& dimension) {
                                               return std::holds_alternative<tree::Pack>(dimension);
                                             });
}

bool kind_fits(const std::string& kind, const Setting& setting) {
  if (kind == "int") return as_integer(setting).has_value();
  if (kind == "number") return as_number(setting).has_value();
  if (kind == "bool") return as_boolean(setting).has_value();
  if (kind == "string") return as_text(setting) != nullptr;
  if (kind == "list") return as_list(setting) != nullptr;
  if (kind == "function") return std::holds_alternative<FunctionSetting>(setting.value);
  return std::holds_alternative<PathSetting>(setting.value);
}

std::string kinds_text(const tree::Parameter& parameter) {
  std::string text;
  for (const tree::Name& kind : parameter.kinds) text += (text.empty() ? "" : " | ") + kind.text;
  return text;
}

bool default_is_none(const tree::Parameter& parameter) {
  return parameter.default_value && std::holds_alternative<tree::NoneLiteral>(parameter.default_value->what);
}

}  // namespace

void Elaborator::shape_mismatch(const DeclaredFunction& declared, const tree::Parameter& parameter,
                                const Quantity& tensor, const SourceRange& range) {
  const std::string pattern = parameter.name.text + pattern_text(parameter);
  const auto added =
      report(message::shape_mismatch, range, declared.function->name.text, pattern, shape_text(tensor));
  note_history(added, tensor);
  note_declaration(added, declared);
}

/// "[height, width, c]", as it is declared.
std::string Elaborator::pattern_text(const tree::Parameter& parameter) const {
  std::string text = "[";
  for (const tree::Dimension& dimension : *parameter.dimensions) {
    if (text.size() > 1) text += ", ";
    const auto* pack = std::get_if<tree::Pack>(&dimension);
    text += pack ? text_of(pack->range) : text_of(std::get<Box<tree::Expression>>(dimension)->range);
  }
  return text + "]";
}

/// The dimensions left of what the parameters take join the frame: the same ones for all arguments that have
/// some.
bool Elaborator::take_leads(const DeclaredFunction& declared, std::vector<std::optional<Given>>& given,
                            std::vector<Dimension>& leads, CallId record, const SourceRange& range) {
  std::string first_name;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const tree::Parameter& parameter = declared.function->parameters[i];
    if (!given[i] || !parameter.dimensions) continue;
    std::optional<Quantity> tensor = tensor_of(given[i]->meaning, given[i]->range);
    if (!tensor) return false;
    const std::size_t packs = has_pack(parameter) ? 1 : 0;
    const std::size_t taken = parameter.dimensions->size() - packs;
    if (tensor->dimensions.size() < taken) {
      shape_mismatch(declared, parameter, *tensor, range);
      return false;
    }
    if (packs == 0 && tensor->dimensions.size() > taken) {
      const auto split = tensor->dimensions.end() - static_cast<std::ptrdiff_t>(taken);
      const std::vector<Dimension> own(tensor->dimensions.begin(), split);
      if (leads.empty()) {
        first_name = parameter.name.text;
        calls_[static_cast<std::size_t>(record)].taken = builder.shape_of(*tensor);
        for (const Dimension& dimension : own) {
          const Index& index = builder.axes.indices[number_of(dimension.axis)];
          // The first call that took more than single numbers row by row is the one to tell of.
          const bool tells = dimension.lead_of == no_call && taken > 0;
          leads.push_back({builder.axes.add(index.name, index.extent), tells ? record : dimension.lead_of});
        }
      }
      AxisMap map;
      bool agrees = own.size() == leads.size();
      for (std::size_t k = 0; agrees && k < own.size(); ++k) {
        agrees = builder.extent(own[k]) == builder.extent(leads[k]);
        map.emplace_back(own[k].axis, dlc::position_of(leads[k].axis));
      }
      if (!agrees) {
        report_leads(declared, parameter, *tensor, leads, first_name, range);
        return false;
      }
      tensor->dimensions.erase(tensor->dimensions.begin(), split);
      tensor->body = substituted(tensor->body, map, builder.axes);
    }
    given[i]->meaning = std::move(*tensor);
  }
  return true;
}

void Elaborator::report_leads(const DeclaredFunction& declared, const tree::Parameter& parameter,
                              const Quantity& tensor, const std::vector<Dimension>& leads,
                              const std::string& first_name, const SourceRange& range) {
  Shape first;
  for (const Dimension& lead : leads) first.push_back(builder.extent(lead));
  const auto added =
      report(message::leads_differ, range, declared.function->name.text,
             parameter.name.text + pattern_text(parameter), shape_text(tensor), first_name, first);
  note_history(added, tensor);
}

bool Elaborator::fits_kind(const DeclaredFunction& declared, const tree::Parameter& parameter,
                           const Meaning& meaning, const SourceRange& range,
                           const tree::Expression* written) {
  if (parameter.kinds.empty()) return true;
  const auto* setting = std::get_if<Setting>(&meaning);
  if (!setting) {
    const auto added = report(message::setting_for_argument, range, declared.function->name.text,
                              parameter.name.text, kinds_text(parameter));
    note_declaration(added, declared);
    return false;
  }
  if (std::holds_alternative<NoneSetting>(setting->value) && default_is_none(parameter)) return true;
  for (const tree::Name& kind : parameter.kinds) {
    if (kind_fits(kind.text, *setting)) return true;
  }
  const auto added = report(message::argument_kind, range, declared.function->name.text, parameter.name.text,
                            kinds_text(parameter), described(*setting));
  const auto* binary = written ? std::get_if<tree::Binary>(&written->what) : nullptr;
  const bool wants_integer = std::any_of(parameter.kinds.begin(), parameter.kinds.end(),
                                         [](const tree::Name& kind) { return kind.text == "int"; });
  if (wants_integer && binary && binary->operation == tree::BinaryOperator::divide)
    added.note(message::write_divide_down);
  note_declaration(added, declared);
  return false;
}

/// Names of extents are bound, or compared where they are known already; anything else is computed and
/// compared.
bool Elaborator::bind_pattern(const DeclaredFunction& declared, const tree::Parameter& parameter,
                              const Quantity& tensor, const SourceRange& range) {
  const std::vector<tree::Dimension>& pattern = *parameter.dimensions;
  const std::size_t covered = tensor.dimensions.size() + (has_pack(parameter) ? 1 : 0) - pattern.size();
  std::size_t next = 0;
  for (const tree::Dimension& dimension : pattern) {
    if (const auto* pack = std::get_if<tree::Pack>(&dimension)) {
      ListSetting extents;
      Shape shape;
      for (std::size_t i = 0; i < covered; ++i) {
        shape.push_back(builder.extent(tensor.dimensions[next++]));
        extents.elements.push_back(Setting{shape.back()});
      }
      if (pack->name.text.empty()) {
        now().dots = shape;
      } else if (const Binding* before = find_binding(pack->name.text)) {
        if (std::get<Setting>(before->meaning) == Setting{extents}) continue;
        shape_mismatch(declared, parameter, tensor, range);
        return false;
      } else {
        bind(pack->name, Setting{std::move(extents)}, Binding::Role::fixed);
      }
      continue;
    }
    const tree::Expression& expression = *std::get<Box<tree::Expression>>(dimension);
    const std::int64_t extent = builder.extent(tensor.dimensions[next++]);
    const auto* use = std::get_if<tree::NameUse>(&expression.what);
    if (use && !find_binding(use->name)) {
      bind({use->name, expression.range}, Setting{extent}, Binding::Role::fixed);
      continue;
    }
    const std::optional<std::int64_t> wanted = integer_setting(expression, "an extent");
    if (!wanted) return false;
    if (*wanted != extent && std::holds_alternative<tree::IntegerLiteral>(expression.what)) {
      shape_mismatch(declared, parameter, tensor, range);
      return false;
    }
    if (*wanted != extent) {
      const auto added = report(message::extent_mismatch, range, declared.function->name.text,
                                parameter.name.text + pattern_text(parameter), shape_text(tensor),
                                text_of(expression.range), *wanted);
      note_history(added, tensor);
      note_declaration(added, declared);
      return false;
    }
  }
  return true;
}

bool Elaborator::bind_parameters(const DeclaredFunction& declared, std::vector<std::optional<Given>>& given,
                                 const SourceRange& range) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    const tree::Parameter& parameter = declared.function->parameters[i];
    Meaning meaning = Poison{};
    SourceRange where = range;
    bool from_library = false;
    const tree::Expression* written =
        given[i] && given[i]->argument ? &*given[i]->argument->value : nullptr;
    if (given[i]) {
      meaning = std::move(given[i]->meaning);
      if (given[i]->argument) where = given[i]->argument->range;
      from_library = given[i]->from_library;
    } else {
      const bool is_function = !parameter.kinds.empty() && parameter.kinds[0].text == "function";
      const auto* use = std::get_if<tree::NameUse>(&parameter.default_value->what);
      if (is_function && use) {
        meaning = Setting{FunctionSetting{use->name}};
        from_library = declared.in_library;
      } else {
        meaning = evaluate(*parameter.default_value);
      }
      if (is_poison(meaning)) return false;
    }
    if (!fits_kind(declared, parameter, meaning, where, written)) return false;
    if (parameter.dimensions) {
      const std::optional<Quantity> tensor = tensor_of(meaning, where);
      if (!tensor || !bind_pattern(declared, parameter, *tensor, range)) return false;
      meaning = *tensor;
    }
    if (auto* tensor = std::get_if<Quantity>(&meaning)) tensor->is_draw = false;
    const bool is_fixed = !parameter.kinds.empty();
    bind(parameter.name, std::move(meaning), is_fixed ? Binding::Role::fixed : Binding::Role::value);
    now().scopes.back().back().from_library = from_library;
    if (given[i]) now().scopes.back().back().given = given[i]->range;
  }
  return true;
}

}  // namespace dlc
