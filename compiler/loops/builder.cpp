#include "compiler/loops/builder.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace dlc {

LoopsBuilder::LoopsBuilder(std::string name) {
  kernel_.name = std::move(name);
  kernel_.chunk = variable("chunk");
  open_.emplace_back();
}

BufferId LoopsBuilder::buffer(std::string name, Element element, std::int64_t elements) {
  kernel_.buffers.push_back({std::move(name), element, elements});
  return static_cast<BufferId>(kernel_.buffers.size() - 1);
}

LoopVariable LoopsBuilder::chunks(std::int64_t count) {
  kernel_.chunks = count;
  return kernel_.chunk;
}

RegisterId LoopsBuilder::constant(double value, loops::RegisterType type) {
  const RegisterId result = define(type);
  add({loops::Constant{result, value}});
  return result;
}

RegisterId LoopsBuilder::index(Affine sum, std::uint32_t lanes, std::int64_t lane_step) {
  const RegisterId result = define({Kind::integer, lanes});
  add({loops::IndexValue{result, std::move(sum), lane_step}});
  return result;
}

RegisterId LoopsBuilder::load(loops::RegisterType type, loops::Address from, loops::Mask mask) {
  const RegisterId result = define(type);
  add({loops::Load{result, std::move(from), mask}});
  return result;
}

void LoopsBuilder::store(RegisterId value, loops::Address to, loops::Mask mask, bool accumulate) {
  add({loops::Store{value, std::move(to), mask, accumulate}});
}

RegisterId LoopsBuilder::apply(Scalar function, RegisterId a) {
  return apply(function, a, a);
}

RegisterId LoopsBuilder::apply(Scalar function, RegisterId a, RegisterId b) {
  const std::uint32_t lanes = std::max(type(a).lanes, type(b).lanes);
  a = broadcast(a, lanes);
  b = broadcast(b, lanes);
  const std::optional<Kind> kind = result_kind(function, type(a).kind, type(b).kind);
  assert(kind && "the function takes other kinds");
  const RegisterId result = define({*kind, lanes});
  add({loops::Apply{result, function, a, b}});
  return result;
}

RegisterId LoopsBuilder::multiply_add(RegisterId a, RegisterId b, RegisterId c) {
  const std::uint32_t lanes = std::max({type(a).lanes, type(b).lanes, type(c).lanes});
  a = broadcast(a, lanes);
  b = broadcast(b, lanes);
  c = broadcast(c, lanes);
  const RegisterId result = define({Kind::number, lanes});
  add({loops::MultiplyAdd{result, a, b, c}});
  return result;
}

RegisterId LoopsBuilder::choose(RegisterId condition, RegisterId a, RegisterId b) {
  const std::uint32_t lanes = std::max({type(condition).lanes, type(a).lanes, type(b).lanes});
  condition = broadcast(condition, lanes);
  a = broadcast(a, lanes);
  b = broadcast(b, lanes);
  const RegisterId result = define({type(a).kind, lanes});
  add({loops::Choose{result, condition, a, b}});
  return result;
}

RegisterId LoopsBuilder::fold(Scalar function, RegisterId of) {
  const RegisterId result = define({type(of).kind, 1});
  add({loops::Fold{result, function, of}});
  return result;
}

RegisterId LoopsBuilder::shuffle(RegisterId a, RegisterId b, std::vector<std::uint32_t> lanes) {
  const RegisterId result = define({type(a).kind, static_cast<std::uint32_t>(lanes.size())});
  add({loops::Shuffle{result, a, b, std::move(lanes)}});
  return result;
}

RegisterId LoopsBuilder::broadcast(RegisterId one, std::uint32_t lanes) {
  if (type(one).lanes == lanes) return one;
  assert(type(one).lanes == 1 && "only one lane can be spread");
  return shuffle(one, one, std::vector<std::uint32_t>(lanes, 0));
}

RegisterId LoopsBuilder::lane(RegisterId of, std::uint32_t number) {
  return shuffle(of, of, {number});
}

RegisterId LoopsBuilder::uniform(RegisterId key, std::uint32_t site, RegisterId counter) {
  const std::uint32_t lanes = std::max(type(key).lanes, type(counter).lanes);
  key = broadcast(key, lanes);
  counter = broadcast(counter, lanes);
  const RegisterId result = define({Kind::number, lanes});
  add({loops::Uniform{result, key, site, counter}});
  return result;
}

std::vector<RegisterId> LoopsBuilder::loop(std::string name, Bound first, Bound last, std::int64_t step,
                                           std::span<const RegisterId> initial, const Body& body) {
  loops::Loop loop{variable(std::move(name)), std::move(first), std::move(last), step, {}, {}};
  std::vector<RegisterId> values;
  for (const RegisterId start : initial) values.push_back(define(loops::RegisterType(type(start))));
  open_.emplace_back();
  const std::vector<RegisterId> next = body(loop.variable, values);
  assert(next.size() == initial.size() && "a loop hands on as much as it is given");
  loop.body = std::move(open_.back());
  open_.pop_back();
  std::vector<RegisterId> results;
  for (std::size_t i = 0; i < initial.size(); ++i) {
    results.push_back(define(loops::RegisterType(type(initial[i]))));
    loop.carried.push_back({values[i], initial[i], next[i], results.back()});
  }
  add({std::move(loop)});
  return results;
}

void LoopsBuilder::loop(std::string name, Bound first, Bound last, std::int64_t step,
                        const std::function<void(LoopVariable variable)>& body) {
  loop(std::move(name), std::move(first), std::move(last), step, std::span<const RegisterId>(),
       [&](LoopVariable variable, std::span<const RegisterId>) {
         body(variable);
         return std::vector<RegisterId>();
       });
}

Loops LoopsBuilder::finish() && {
  assert(open_.size() == 1 && "a loop is still open");
  kernel_.body = std::move(open_.back());
  return std::move(kernel_);
}

RegisterId LoopsBuilder::define(loops::RegisterType type) {
  kernel_.registers.push_back(type);
  return static_cast<RegisterId>(kernel_.registers.size() - 1);
}

LoopVariable LoopsBuilder::variable(std::string name) {
  kernel_.variables.push_back(std::move(name));
  return static_cast<LoopVariable>(kernel_.variables.size() - 1);
}

void LoopsBuilder::add(loops::Statement statement) {
  open_.back().push_back(std::move(statement));
}

}  // namespace dlc
