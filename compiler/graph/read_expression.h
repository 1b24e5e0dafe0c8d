#pragma once

#include <map>

#include "compiler/graph/read_tokens.h"

namespace dlc {

/// Reads positions and bodies over a list of indices. An index whose extent is 0 gets that of the first
/// dimension in which it stands alone. All throw ReadError.
class ExpressionReader {
 public:
  ExpressionReader(Cursor& cursor, std::vector<Index>& indices, const Graph& graph,
                   const std::map<std::string, ValueId, std::less<>>& names)
      : cursor_(cursor), indices_(indices), graph_(graph), names_(names) {}

  /// Written as it stands: not brought to normal form.
  Position position();
  Window window();  // with its brackets; empty where there are none
  Body body(std::optional<Kind> expected);

 private:
  /// A number without a point, or arithmetic on such, takes its kind from what stands beside it.
  struct Part {
    ExpressionId id{};
    bool is_flexible = false;
  };

  /// One level of brackets, signs or `else` more; a text that nests deeper than any stage writes is refused,
  /// for every stage walks bodies by recursion.
  class Nested {
   public:
    explicit Nested(ExpressionReader& reader);
    ~Nested() { --reader_.depth_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;

   private:
    ExpressionReader& reader_;
  };

  ExpressionId add(Expression expression);
  Position position_product();
  Position position_operand();
  void infer_extents(ValueId tensor, const Window& window);

  void definitions();
  Part with_otherwise();
  Part chain(int least);
  Part signed_operand();
  Part operand();
  Part word_operand();
  Part read();
  Part call();
  Part select();
  Part draw();
  Part number_literal(bool is_negative);

  Part apply(Scalar function, Part a, Part b);
  void agree(Part& a, Part& b);
  void fix(Part& part, Kind kind);
  std::optional<IndexId> find_index(std::string_view name) const;
  ValueId value_named(const std::string& name) const;

  Cursor& cursor_;
  std::vector<Index>& indices_;
  const Graph& graph_;
  const std::map<std::string, ValueId, std::less<>>& names_;
  Body body_;
  std::map<std::string, ExpressionId, std::less<>> defined_;
  int depth_ = 0;
};

}  // namespace dlc
