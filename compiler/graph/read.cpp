#include <array>

#include "compiler/graph/print_expression.h"
#include "compiler/graph/read_expression.h"

namespace dlc {

namespace {

constexpr std::array combiners = {Combiner::none,    Combiner::sum,     Combiner::product,
                                  Combiner::maximum, Combiner::minimum, Combiner::any,
                                  Combiner::all,     Combiner::argmax,  Combiner::argmin};

bool gives_position(Combiner combiner) {
  return combiner == Combiner::argmax || combiner == Combiner::argmin;
}

class GraphReader {
 public:
  /// Adds what the line says. Throws ReadError.
  void line(std::string_view text) {
    const TokenLine line = tokens_of(text);
    Cursor cursor(line.tokens);
    if (cursor.peek().kind == Token::Kind::end) return;
    places_ = line.places;
    if (cursor.accept("output")) {
      output(cursor);
    } else if (cursor.accept("update")) {
      const std::string target = cursor.name();
      cursor.expect("=");
      update(cursor, target + "_next", target);
    } else {
      value(cursor);
    }
    cursor.expect_end();
  }

  Graph graph;

 private:
  void output(Cursor& cursor) {
    const std::string name = cursor.name();
    graph.outputs.push_back({name, named(cursor.accept("=") ? cursor.name() : name)});
  }

  void update(Cursor& cursor, const std::string& name, const std::string& target) {
    const Update node{named(target), named(cursor.name())};
    add(name, graph[node.target].type, node);
  }

  void value(Cursor& cursor) {
    const std::string name = cursor.name();
    if (!cursor.is("=")) return definition(cursor, name);
    if (cursor.is("input", 1) || cursor.is("parameter", 1) || cursor.is("state", 1)) {
      cursor.expect("=");
      return outside(cursor, name);
    }
    if (cursor.is("view", 1)) {
      cursor.go_to(cursor.place() + 2);
      const View node{named(cursor.name())};
      Type type = graph[node.of].type;
      type.shape = shape(cursor);
      return add(name, type, node);
    }
    if (cursor.is("gradient", 1)) {
      cursor.go_to(cursor.place() + 2);
      cursor.expect("of");
      Gradient node;
      node.of = named(cursor.name());
      cursor.expect("by");
      node.by = named(cursor.name());
      Type type;
      type.shape = graph[node.by].type.shape;
      return add(name, type, node);
    }
    if (cursor.is("update", 1)) {
      cursor.go_to(cursor.place() + 2);
      const std::string target = cursor.name();
      cursor.expect("to");
      return update(cursor, name, target);
    }
    definition(cursor, name);
  }

  void outside(Cursor& cursor, const std::string& name) {
    const std::string word = cursor.next().text;
    Type type;
    if (cursor.accept("integer")) {
      type.kind = Kind::integer;
    } else if (cursor.accept("boolean")) {
      type.kind = Kind::boolean;
    } else {
      cursor.accept("number");
    }
    type.element = element_of(type.kind);
    storage(cursor, type);
    if (cursor.is("[")) type.shape = shape(cursor);
    if (word == "input") return add(name, type, Input{});
    if (word == "state") return add(name, type, State{});
    add(name, type, Parameter{});
  }

  /// The element and the bounds, where they are written. True if there are bounds.
  static bool storage(Cursor& cursor, Type& type) {
    for (const Element element : {Element::f32, Element::i32, Element::u8}) {
      if (cursor.accept(word_of(element))) type.element = element;
    }
    if (!cursor.is_number() && !cursor.is("-")) return false;
    type.least = cursor.integer();
    cursor.expect("..");
    type.most = cursor.integer();
    return true;
  }

  static Shape shape(Cursor& cursor) {
    Shape extents;
    cursor.expect("[");
    while (!cursor.is("]")) {
      extents.push_back(cursor.integer());
      if (!cursor.accept(",")) break;
    }
    cursor.expect("]");
    return extents;
  }

  // ------------------------------------------------------------------------- definitions

  static void ranges(Cursor& cursor, std::vector<Index>& indices) {
    cursor.expect("[");
    while (!cursor.is("]")) {
      const std::string name = cursor.name();
      for (const Index& other : indices) {
        if (other.name == name) throw ReadError{"there are two indices " + name};
      }
      indices.push_back({name, cursor.accept("<") ? cursor.integer() : 0});
      if (!cursor.accept(",")) break;
    }
    cursor.expect("]");
  }

  /// From the opening bracket to behind the closing one.
  static void skip_brackets(Cursor& cursor) {
    int depth = 0;
    do {
      if (cursor.peek().kind == Token::Kind::end) cursor.fail("]");
      if (cursor.is("[")) ++depth;
      if (cursor.is("]")) --depth;
      cursor.next();
    } while (depth > 0);
  }

  static std::optional<Combiner> accept_combiner(Cursor& cursor) {
    for (const Combiner combiner : combiners) {
      if (!cursor.is(word_of(combiner)) || !cursor.is("[", 1)) continue;
      cursor.next();
      return combiner;
    }
    return std::nullopt;
  }

  /// name, where it writes (its first indices, or any positions, and then `in` the shape), its type, the
  /// combiner and its indices, the body.
  void definition(Cursor& cursor, const std::string& name) {
    Definition node;
    Type type;
    const std::size_t left = cursor.place();
    if (cursor.is("[")) skip_brackets(cursor);
    const bool is_scatter = cursor.accept("in");
    if (is_scatter) {
      type.shape = shape(cursor);
    } else if (const std::size_t here = cursor.place(); here != left) {
      cursor.go_to(left);
      ranges(cursor, node.indices);
    }
    const std::size_t free = node.indices.size();
    const auto element = cursor.accept(":") ? declared(cursor, type) : std::nullopt;
    cursor.expect("=");
    const std::optional<Combiner> combiner = accept_combiner(cursor);
    if (combiner) ranges(cursor, node.indices);
    if (is_scatter && !combiner) throw ReadError{"what writes anywhere lists its indices: for[i < 4] …"};
    node.combiner = combiner.value_or(Combiner::none);

    ExpressionReader reader(cursor, node.indices, graph, names_);
    const bool is_integer = type.kind == Kind::integer && !gives_position(node.combiner);
    node.body = reader.body(is_integer ? std::optional(Kind::integer) : std::nullopt);
    const std::size_t end = cursor.place();
    if (is_scatter) {
      cursor.go_to(left);
      node.write = reader.window();
      cursor.go_to(end);
    }
    for (std::size_t i = 0; i < node.indices.size(); ++i) {
      const Index& index = node.indices[i];
      if (index.extent == 0)
        throw ReadError{"the extent of " + index.name + " is not evident: write " + index.name + " < …"};
      if (is_scatter || i >= free) continue;
      node.write.push_back(position_of(static_cast<IndexId>(i)));
      type.shape.push_back(index.extent);
    }
    complete(type, node, element);
    add(name, type, std::move(node));
  }

  /// Behind a colon: an element or bounds. Bounds make it an integer.
  static std::optional<Element> declared(Cursor& cursor, Type& type) {
    const Element before = type.element;
    if (storage(cursor, type)) type.kind = Kind::integer;
    return type.element == before ? std::nullopt : std::optional(type.element);
  }

  void complete(Type& type, const Definition& node, std::optional<Element> element) const {
    const bool has_bounds = type.kind == Kind::integer;
    const bool is_position = gives_position(node.combiner);
    type.kind = is_position ? Kind::integer : kind_of(node.body, node.body.root, graph);
    type.element = element.value_or(element_of(type.kind));
    if (type.kind != Kind::integer || has_bounds) return;
    if (!is_position) throw ReadError{"an integer says its bounds: name[…]: 0..9 = …"};
    std::int64_t box = 1;
    for (std::size_t i = 0; i < node.indices.size(); ++i) {
      if (!depends_on(node.write, static_cast<IndexId>(i))) box *= node.indices[i].extent;
    }
    type.most = box - 1;
  }

  // ------------------------------------------------------------------------- the table

  ValueId named(const std::string& name) const {
    const auto found = names_.find(name);
    if (found == names_.end()) throw ReadError{"there is no value " + name + " before this line"};
    return found->second;
  }

  void add(const std::string& name, const Type& type, Node node) {
    if (names_.contains(name)) throw ReadError{"there are two values " + name};
    names_.emplace(name, graph.add({name, type, std::move(node), places_}));
  }

  std::map<std::string, ValueId, std::less<>> names_;
  std::vector<Place> places_;
};

}  // namespace

std::variant<Graph, GraphError> read_graph(std::string_view text) {
  GraphReader reader;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    try {
      reader.line(text.substr(0, end));
    } catch (const ReadError& error) {
      return GraphError{line, error.text};
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(reader.graph);
}

}  // namespace dlc
