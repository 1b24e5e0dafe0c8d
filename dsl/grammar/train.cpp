#include "dsl/grammar/rules.h"

namespace dlc::grammar {

namespace {

using tree::Range;
using tree::TrainLine;

const auto a_path = needs(path, "a name");

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
  return [wanted](State&, const tree::Name& found, Range) { return found.text == wanted; };
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

/// A line that ends with its block.
template <class T, class Subject>
auto braced(const Subject& subject) {
  return to(made<T>(subject), [](State& state, T block, Range range) {
    block.braces = state.braces(range);
    return TrainLine{std::move(block), range};
  });
}

using StepLine = tree::Step::StepLine;
const auto step_line =
    as<StepLine>(NoBoundWord() >> (to(minimize, as_line<StepLine>) | to(plain, as_line<StepLine>)));
const auto step =
    braced<tree::Step>(word("step") >> into(&tree::Step::name, needs(name, "the step's name")) >>
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
const auto every = braced<tree::Every>(
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

const auto train_def = to(train_block, declared);

}  // namespace

BOOST_SPIRIT_DEFINE(train)
BOOST_SPIRIT_INSTANTIATE(decltype(train), Iterator, Context)

}  // namespace dlc::grammar
