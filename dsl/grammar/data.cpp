#include "dsl/grammar/rules.h"

namespace dlc::grammar {

namespace {

using tree::DataLine;
using tree::FieldLine;
using tree::Range;
using tree::SplitLine;

const auto a_name = needs(name, "a name");
const auto part = one_of("train", "valid", "test");

const auto part_line = node<DataLine, tree::PartLine>(
    &(part >> !sign(":")) >> into(&tree::PartLine::part, part) >>
    into(&tree::PartLine::reader, needs(expression, "a reader, as csv(\"file.csv\")")));

const auto from_line = node<DataLine, tree::FromLine>(
    &(word("from") >> !sign(":")) >> word("from") >>
    into(&tree::FromLine::reader, needs(expression, "a reader, as csv(\"file.csv\")")));

const auto portion =
    made<SplitLine::Portion>(into(&SplitLine::Portion::part, needs(part, "`train`, `valid` or `test`")) >>
                             into(&SplitLine::Portion::size, needs(sum, "a share or a count")));

/// An option of a split; each stands once.
template <class Subject>
struct Once : x3::unary_parser<Subject, Once<Subject>> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
  explicit Once(const Subject& given) : x3::unary_parser<Subject, Once<Subject>>(given) {}

  template <class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, SplitLine& split, A&) const {
    const Token found = state_of(context).token_after(first);
    const bool is_given = (found.text == "stratify" && split.stratify) ||
                          (found.text == "seed" && split.seed) || (found.text == "in" && split.in_order);
    if (!this->subject.parse(first, last, context, split, x3::unused)) return false;
    State& state = state_of(context);
    if (is_given) state.diagnostics.add(message::written_twice, state.range(found), std::string(found.text));
    return true;
  }
};
template <class Subject>
auto once(const Subject& subject) {
  return Once<Subject>(subject);
}

const auto split_option =
    (word("stratify") >> into(&SplitLine::stratify, needs(name, "the name of a field"))) |
    (word("seed") >> into(&SplitLine::seed, a_sum)) |
    (word("in") >> mark(&SplitLine::in_order, true, needs(word("order"), "`order`")));

const auto split_line = node<DataLine, SplitLine>(
    &(word("split") >> !sign(":")) >> word("split") >> add_to(&SplitLine::portions, portion) >>
    *(sign(",") >> add_to(&SplitLine::portions, portion)) >> *once(split_option));

const auto missing = as<tree::Missing>(made<tree::MissingMean>(word("mean") >> !sign("(") >> !sign("[")) |
                                       made<tree::MissingDrop>(word("drop")) | an_expression);

const auto field_kind = mark(&FieldLine::kind, FieldLine::Kind::number, word("number")) |
                        (mark(&FieldLine::kind, FieldLine::Kind::class_, word("class")) >>
                         -(sign("[") >> into(&FieldLine::classes, needs(sum, "how many classes there are")) >>
                           needs("]", "`]`")));

/// The extents, the kind or both.
struct NeedsType : Matcher<NeedsType> {
  template <class A>
  bool parse(Iterator& first, const Iterator&, const auto&, FieldLine& field, A&) const {
    if (!field.extents && field.kind == FieldLine::Kind::none) {
      throw Expected{first, "a type: a shape as [28, 28], `number` or `class`"};
    }
    return true;
  }
};

/// Notes where the type begins or ends.
struct TypePlace : Matcher<TypePlace> {
  bool is_begin;
  explicit TypePlace(bool begin) : is_begin(begin) {}

  template <class A>
  bool parse(Iterator& first, const Iterator& last, const auto& context, FieldLine& field, A&) const {
    const State& state = state_of(context);
    if (is_begin) {
      field.type = state.range(past_blanks(first, last), first);
    } else {
      field.type.end = state.offset(first);
    }
    return true;
  }
};

const auto field_line = node<DataLine, FieldLine>(
    &(name >> sign(":")) >> into(&FieldLine::name, name) >> sign(":") >> TypePlace(true) >>
    -into(&FieldLine::extents, extents) >> -field_kind >> NeedsType() >> TypePlace(false) >>
    needs("=", "`=`") >> into(&FieldLine::value, an_expression) >>
    -(word("names") >> into(&FieldLine::names, needs(expression, "a list of names, or a file's name"))) >>
    -(word("missing") >> into(&FieldLine::missing, missing)));

const auto standardize_line = node<DataLine, tree::StandardizeLine>(
    word("standardize") >> into(&tree::StandardizeLine::field, needs(name, "the name of a field")) >>
    -(sign("[") >> mark(&tree::StandardizeLine::pooled, true, needs("..", "`..`")) >>
      *(sign(",") >> add_to(&tree::StandardizeLine::kept, a_name)) >> needs("]", "`]`")));

const auto augment_line = node<DataLine, tree::AugmentLine>(
    word("augment") >> into(&tree::AugmentLine::field, needs(name, "the name of a field")) >>
    needs("=", "`=`") >> into(&tree::AugmentLine::value, an_expression));

const auto data_line =
    as<DataLine>(part_line | from_line | split_line | field_line | standardize_line | augment_line);

const auto data_block =
    made<tree::Data>(word("data") >> into(&tree::Data::name, needs(name, "a name")) >>
                     into(&tree::Data::lines, needs(braces(data_line, Block::data), "`{`")));

const auto data_def = to(data_block, declared);

}  // namespace

BOOST_SPIRIT_DEFINE(data)
BOOST_SPIRIT_INSTANTIATE(decltype(data), Iterator, Context)

}  // namespace dlc::grammar
