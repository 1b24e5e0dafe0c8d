#include "compiler/llvm/pointers.h"

#include <algorithm>

namespace dlc {

namespace {

Pointers::Key restricted(BufferId buffer, const Affine& offset, const std::vector<LoopVariable>& known) {
  Pointers::Key key{buffer, {}};
  for (const Affine::Term& term : offset.terms) {
    if (std::find(known.begin(), known.end(), term.variable) != known.end()) key.terms.push_back(term);
  }
  return key;
}

std::int64_t coefficient(const Pointers::Key& key, LoopVariable variable) {
  for (const Affine::Term& term : key.terms) {
    if (term.variable == variable) return term.coefficient;
  }
  return 0;
}

Pointers::Key without(Pointers::Key key, LoopVariable variable) {
  std::erase_if(key.terms, [&](const Affine::Term& term) { return term.variable == variable; });
  return key;
}

void collect(const std::vector<loops::Statement>& body, const std::vector<LoopVariable>& known,
             std::set<Pointers::Key>& keys) {
  for (const loops::Statement& statement : body) {
    if (const auto* load = std::get_if<loops::Load>(&statement.operation)) {
      keys.insert(restricted(load->from.buffer, load->from.offset, known));
    } else if (const auto* store = std::get_if<loops::Store>(&statement.operation)) {
      keys.insert(restricted(store->to.buffer, store->to.offset, known));
    } else if (const auto* loop = std::get_if<loops::Loop>(&statement.operation)) {
      collect(loop->body, known, keys);
    }
  }
}

}  // namespace

void Pointers::set_buffer(BufferId buffer, llvm::Value* pointer) {
  buffers_[buffer] = pointer;
}

std::int64_t Pointers::bytes(BufferId buffer) const {
  return kernel_[buffer].element == Element::u8 ? 1 : 4;
}

Pointers::Scope Pointers::inner_scope(LoopVariable variable) const {
  Scope scope;
  if (!scopes_.empty()) scope.variables = scopes_.back().variables;
  scope.variables.push_back(variable);
  return scope;
}

std::set<Pointers::Key> Pointers::keys_of(const std::vector<loops::Statement>& body,
                                          const std::vector<LoopVariable>& known) const {
  std::set<Key> keys;
  collect(body, known, keys);
  return keys;
}

llvm::Value* Pointers::advanced(llvm::Value* pointer, BufferId buffer, llvm::Value* elements,
                                std::int64_t factor) {
  llvm::Value* distance =
      builder_.CreateMul(elements, builder_.getInt64(static_cast<std::uint64_t>(factor * bytes(buffer))));
  return builder_.CreateGEP(builder_.getInt8Ty(), pointer, distance);
}

void Pointers::enter(LoopVariable variable, const std::vector<loops::Statement>& body,
                     llvm::BasicBlock* before, llvm::Value* first) {
  Scope scope = inner_scope(variable);
  for (const Key& key : keys_of(body, scope.variables)) {
    const std::int64_t factor = coefficient(key, variable);
    llvm::Value* outside =
        scopes_.empty() ? buffers_.at(key.buffer) : scopes_.back().pointers.at(without(key, variable));
    if (factor == 0) {
      scope.pointers[key] = outside;
      continue;
    }
    const auto here = builder_.saveIP();
    builder_.SetInsertPoint(before->getTerminator());
    llvm::Value* start = advanced(outside, key.buffer, first, factor);
    builder_.restoreIP(here);
    llvm::PHINode* phi = builder_.CreatePHI(builder_.getPtrTy(), 2);
    phi->addIncoming(start, before);
    scope.pointers[key] = phi;
    scope.phis.emplace_back(key, phi);
  }
  scopes_.push_back(std::move(scope));
}

void Pointers::enter_once(LoopVariable variable, const std::vector<loops::Statement>& body,
                          llvm::Value* first) {
  Scope scope = inner_scope(variable);
  for (const Key& key : keys_of(body, scope.variables)) {
    const std::int64_t factor = coefficient(key, variable);
    llvm::Value* outside =
        scopes_.empty() ? buffers_.at(key.buffer) : scopes_.back().pointers.at(without(key, variable));
    scope.pointers[key] = factor == 0 ? outside : advanced(outside, key.buffer, first, factor);
  }
  scopes_.push_back(std::move(scope));
}

void Pointers::step(LoopVariable variable, std::int64_t step) {
  for (auto& [key, phi] : scopes_.back().phis) {
    const std::int64_t distance = coefficient(key, variable) * step * bytes(key.buffer);
    llvm::Value* next = builder_.CreateGEP(builder_.getInt8Ty(), phi,
                                           builder_.getInt64(static_cast<std::uint64_t>(distance)));
    phi->addIncoming(next, builder_.GetInsertBlock());
  }
}

void Pointers::leave() {
  scopes_.pop_back();
}

llvm::Value* Pointers::at(BufferId buffer, const Affine& offset) {
  const Key key = restricted(buffer, offset, scopes_.back().variables);
  llvm::Value* pointer = scopes_.back().pointers.at(key);
  if (offset.constant == 0) return pointer;
  const std::int64_t distance = offset.constant * bytes(buffer);
  return builder_.CreateGEP(builder_.getInt8Ty(), pointer,
                            builder_.getInt64(static_cast<std::uint64_t>(distance)));
}

}  // namespace dlc
