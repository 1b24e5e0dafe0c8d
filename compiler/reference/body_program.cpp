#include "compiler/reference/body_program.h"

namespace dlc {

ElementPlace::ElementPlace(const Window& window, const Shape& tensor, std::span<const Index> indices)
    : window_(&window), tensor_(&tensor), strides_(indices.size(), 0) {
  std::int64_t stride = 1;
  for (std::size_t dimension = window.size(); dimension-- > 0;) {
    const Position& position = window[dimension];
    const Range values = range(position, indices);
    affine_and_inside_ =
        affine_and_inside_ && is_affine(position) && values.least >= 0 && values.most < tensor[dimension];
    if (!affine_and_inside_) return;
    offset_ += stride * position.constant;
    for (const Term& term : position.terms) {
      strides_[number_of(std::get<IndexId>(term.what))] += stride * term.coefficient;
    }
    stride *= tensor[dimension];
  }
}

std::int64_t ElementPlace::at(std::span<const std::int64_t> indices, const LookupValue& lookup) const {
  std::int64_t place = offset_;
  if (affine_and_inside_) {
    for (std::size_t i = 0; i < indices.size(); ++i) place += strides_[i] * indices[i];
    return place;
  }
  place = 0;
  for (std::size_t dimension = 0; dimension < window_->size(); ++dimension) {
    const std::int64_t position = value_at((*window_)[dimension], indices, lookup);
    if (position < 0 || position >= (*tensor_)[dimension]) return outside;
    place = place * (*tensor_)[dimension] + position;
  }
  return place;
}

BodyProgram::BodyProgram(const Definition& definition, const std::vector<Tensor>& values)
    : numbers_(definition.body.expressions.size(), 0.0),
      root_(static_cast<std::size_t>(definition.body.root)) {
  for (std::uint32_t i = 0; i < numbers_.size(); ++i)
    add(i, definition.body.expressions[i], definition, values);
}

void BodyProgram::add(std::uint32_t result, const Expression& expression, const Definition& definition,
                      const std::vector<Tensor>& values) {
  const auto number = [](ExpressionId id) { return static_cast<std::uint32_t>(id); };
  Operation operation;
  operation.result = result;
  std::visit(match{
                 [&](const Constant& constant) { numbers_[result] = constant.value; },
                 [&](const PositionValue& value) {
                   operation.form = Form::position;
                   operation.position = &value.position;
                   operations_.push_back(operation);
                 },
                 [&](const Read& read) {
                   const Tensor& tensor = values[number_of(read.tensor)];
                   operation.form = Form::read;
                   operation.elements = tensor.elements.data();
                   operation.place = places_.size();
                   operation.b = read.otherwise ? number(*read.otherwise) : 0;
                   places_.emplace_back(read.window, tensor.shape, definition.indices);
                   operations_.push_back(operation);
                 },
                 [&](const Call& call) {
                   operation.form = Form::call;
                   operation.function = call.function;
                   operation.a = number(call.a);
                   operation.b = number(call.b);
                   operations_.push_back(operation);
                 },
                 [&](const Select& select) {
                   operation.form = Form::select;
                   operation.condition = number(select.condition);
                   operation.a = number(select.a);
                   operation.b = number(select.b);
                   operations_.push_back(operation);
                 },
                 [&](const Draw& draw) {
                   operation.form = Form::draw;
                   operation.key = static_cast<std::uint32_t>(
                       static_cast<std::int64_t>(values[number_of(draw.key)].elements.front()));
                   operation.site = draw.site;
                   operation.position = &draw.counter;
                   operations_.push_back(operation);
                 },
             },
             expression);
}

double BodyProgram::run(std::span<const std::int64_t> indices, const LookupValue& lookup) {
  for (const Operation& operation : operations_) {
    double& result = numbers_[operation.result];
    switch (operation.form) {
      case Form::position:
        result = static_cast<double>(value_at(*operation.position, indices, lookup));
        break;
      case Form::read: {
        const std::int64_t place = places_[operation.place].at(indices, lookup);
        result = place == ElementPlace::outside ? numbers_[operation.b] : operation.elements[place];
        break;
      }
      case Form::call:
        result = evaluate(operation.function, numbers_[operation.a], numbers_[operation.b]);
        break;
      case Form::select:
        result = numbers_[operation.condition] != 0 ? numbers_[operation.a] : numbers_[operation.b];
        break;
      case Form::draw: {
        const auto counter = static_cast<std::uint32_t>(value_at(*operation.position, indices, lookup));
        result = uniform_of_bits(random_bits(operation.key, operation.site, counter));
        break;
      }
    }
  }
  return numbers_[root_];
}

}  // namespace dlc
