#pragma once

#include <map>
#include <set>
#include <vector>

#include "compiler/loops/loops.h"
#include "llvm/IR/IRBuilder.h"

namespace dlc {

/// The pointers of a kernel, one for each buffer and set of coefficients that occur, whatever the constant:
/// rows of a tile and taps of a window share a pointer and differ by displacements, which cost nothing. A
/// loop steps those pointers that depend on its variable, so no pass need find that out.
class Pointers {
 public:
  /// A buffer and the variable part of an offset.
  struct Key {
    BufferId buffer{};
    std::vector<Affine::Term> terms;
    auto operator<=>(const Key&) const = default;
  };

  Pointers(llvm::IRBuilder<>& builder, const Loops& kernel) : builder_(builder), kernel_(kernel) {}

  void set_buffer(BufferId buffer, llvm::Value* pointer);

  /// Inside a loop over `variable`, whose header is the present block: makes the phis, which enter from
  /// `before` with the value for `first` of the variable (i64, known in `before`, where `at_entry` stands).
  void enter(LoopVariable variable, const std::vector<loops::Statement>& body, llvm::BasicBlock* before,
             llvm::Value* first);
  /// A loop of a single turn: `first` is the variable's only value; no phis.
  void enter_once(LoopVariable variable, const std::vector<loops::Statement>& body, llvm::Value* first);

  /// At the end of the loop's turn, in the present block: steps the pointers and closes the phis.
  void step(LoopVariable variable, std::int64_t step);
  void leave();

  /// The address of that element; all variables of the offset are those of loops entered.
  llvm::Value* at(BufferId buffer, const Affine& offset);

 private:
  struct Scope {
    std::vector<LoopVariable> variables;
    std::map<Key, llvm::Value*> pointers;
    std::vector<std::pair<Key, llvm::PHINode*>> phis;
  };

  std::set<Key> keys_of(const std::vector<loops::Statement>& body,
                        const std::vector<LoopVariable>& known) const;
  llvm::Value* advanced(llvm::Value* pointer, BufferId buffer, llvm::Value* elements, std::int64_t factor);
  std::int64_t bytes(BufferId buffer) const;
  Scope inner_scope(LoopVariable variable) const;

  llvm::IRBuilder<>& builder_;
  const Loops& kernel_;
  std::map<BufferId, llvm::Value*> buffers_;
  std::vector<Scope> scopes_;
};

}  // namespace dlc
