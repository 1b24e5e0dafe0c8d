#include "dsl/grammar/rules.h"

namespace dlc::grammar {

namespace {

using tree::DataLine;
using tree::FieldLine;
using tree::Range;
using tree::SplitLine;
using tree::TrainLine;

/// What stands alone in its struct besides its range.
template <class Line>
constexpr auto as_line = [](State&, auto&& what, Range range) {
  return Line{std::move(what), range};
};

template <class Line, class T, class Subject>
auto node(const Subject& subject) {
  return to(made<T>(subject), as_line<Line>);
}

const auto a_name = needs(name, "a name");
const auto part = one_of("train", "valid", "test");
const auto a_path = needs(path, "a name");

// ---------------------------------------------------------------------- data

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

// ---------------------------------------------------------------------- training

const auto minimize = made<tree::Minimize>(
    word("minimize") >> into(&tree::Minimize::loss, needs(expression, "what is to become small")) >>
    -(word("over") >> add_to(&tree::Minimize::over, a_path) >>
      *(sign(",") >> add_to(&tree::Minimize::over, a_path))) >>
    needs(word("with"), "`with` and an optimizer") >>
    into(&tree::Minimize::optimizer, needs(name, "the name of an optimizer")) >>
    -(mark(&tree::Minimize::has_brackets, true, &sign("(")) >> into(&tree::Minimize::arguments, arguments)));

/// Lines of one word and what it is given.
template <class T, class Subject>
auto line(const Subject& subject) {
  return node<TrainLine, T>(subject);
}

const auto batch = line<tree::Batch>(
    word("batch") >> (word("all") | into(&tree::Batch::size, needs(sum, "a number of examples, or `all`"))));
const auto metric = line<tree::Metric>(
    word("metric") >> -(&(name >> sign("=")) >> into(&tree::Metric::name, name) >> sign("=")) >>
    into(&tree::Metric::value, an_expression));
const auto predict =
    line<tree::Predict>(word("predict") >> into(&tree::Predict::field, needs(name, "the name of a field")) >>
                        needs("=", "`=`") >> into(&tree::Predict::value, an_expression));
const auto sample =
    line<tree::Sample>(word("sample") >> into(&tree::Sample::field, needs(name, "the name of a field")) >>
                       needs("=", "`=`") >> into(&tree::Sample::value, an_expression));
const auto start = line<tree::Start>(word("start") >> needs(word("from"), "`from`") >>
                                     into(&tree::Start::file, needs(text, "a file's name in `\"`")));
const auto validate =
    line<tree::Validate>(word("validate") >> into(&tree::Validate::steps, needs(sum, "a number of steps")) >>
                         needs(word("steps"), "`steps`"));
const auto highest = needs(one_of("lowest", "highest"), "`lowest` or `highest`");
const auto higher = needs(one_of("lower", "higher"), "`lower` or `higher`");
const auto is_word = [](std::string_view wanted) {
  return [wanted](State&, tree::Name found, Range) { return found.text == wanted; };
};
const auto a_metric = needs(path, "a metric, as valid.loss");
const auto keep =
    line<tree::Keep>(word("keep") >> into(&tree::Keep::highest, to(highest, is_word("highest"))) >>
                     into(&tree::Keep::metric, a_metric));
const auto stop = line<tree::Stop>(word("stop") >> needs(word("after"), "`after`") >>
                                   into(&tree::Stop::epochs, needs(sum, "a number of epochs")) >>
                                   needs(word("epochs"), "`epochs`") >> needs(word("without"), "`without`") >>
                                   into(&tree::Stop::higher, to(higher, is_word("higher"))) >>
                                   into(&tree::Stop::metric, a_metric));

using StepLine = tree::Step::StepLine;
const auto step_line =
    as<StepLine>(NoBoundWord() >> (to(minimize, as_line<StepLine>) | to(plain, as_line<StepLine>)));
const auto step = line<tree::Step>(word("step") >> into(&tree::Step::name, needs(name, "the step's name")) >>
                                   -(word("repeat") >> into(&tree::Step::repeat, needs(sum, "how often"))) >>
                                   into(&tree::Step::lines, needs(braces(step_line, Block::step), "`{`")));

using EveryLine = tree::Every::EveryLine;
const auto every_line = as<EveryLine>(
    NoBoundWord() >>
    (node<EveryLine, tree::SampleText>(word("sample") >>
                                       into(&tree::SampleText::prompt, needs(text, "a prompt in `\"`")) >>
                                       into(&tree::SampleText::length, needs(sum, "how many characters"))) |
     node<EveryLine, tree::Picture>(word("picture") >>
                                    into(&tree::Picture::image, needs(expression, "a picture")) >>
                                    needs(word("to"), "`to` and a file's name") >>
                                    into(&tree::Picture::file, needs(text, "a file's name in `\"`"))) |
     to(plain, as_line<EveryLine>)));
const auto every = line<tree::Every>(
    word("every") >>
    (word("epoch") | (into(&tree::Every::count, needs(sum, "`epoch`, or a number of epochs or steps")) >>
                      into(&tree::Every::counts_steps,
                           to(needs(one_of("epochs", "steps"), "`epochs` or `steps`"), is_word("steps"))))) >>
    into(&tree::Every::lines, needs(braces(every_line, Block::every), "`{`")));

const auto train_line = as<TrainLine>(
    NoBoundWord() >>
    (line<tree::DataUse>(word("data") >>
                         into(&tree::DataUse::data, needs(name, "the name of a data block"))) |
     batch | line<tree::Epochs>(word("epochs") >> into(&tree::Epochs::count, needs(sum, "a number"))) |
     line<tree::Steps>(word("steps") >> into(&tree::Steps::count, needs(sum, "a number"))) |
     to(minimize, as_line<TrainLine>) | metric | predict | sample | start | validate | keep | stop | step |
     every | to(plain, as_line<TrainLine>)));

const auto train_block = made<tree::Train>(
    word("train") >> into(&tree::Train::lines, needs(braces(train_line, Block::train), "`{`")));

// ---------------------------------------------------------------------- as declarations

constexpr auto declared = [](State& state, auto&& what, Range range) {
  tree::Declaration declaration;
  declaration.what = std::move(what);
  declaration.range = range;
  const std::uint32_t open = state.lines.partner[range.end - 1];
  declaration.braces = Range{range.file, open == no_partner ? range.begin : open, range.end};
  return declaration;
};

const auto data_def = to(data_block, declared);
const auto train_def = to(train_block, declared);

}  // namespace

BOOST_SPIRIT_DEFINE(data, train)
BOOST_SPIRIT_INSTANTIATE(decltype(data), Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(decltype(train), Iterator, Context)

}  // namespace dlc::grammar
