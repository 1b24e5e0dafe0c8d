#include "dsl/elaborate/names/program.h"

namespace dlc {

namespace {

void visit_arguments(const std::vector<tree::Argument>& arguments, const VisitExpression& visit) {
  for (const tree::Argument& argument : arguments) {
    visit(*argument.value);
    if (argument.to) visit(**argument.to);
  }
}

void visit_binders(const std::vector<tree::Binder>& binders, const VisitExpression& visit) {
  for (const tree::Binder& binder : binders) {
    const auto* index = std::get_if<tree::Index>(&binder);
    if (index && index->extent) visit(**index->extent);
  }
}

void count_uses(const tree::Expression& expression, const std::string& name, int& uses) {
  if (const auto* use = std::get_if<tree::NameUse>(&expression.what)) {
    if (use->name == name) ++uses;
    return;
  }
  if (const auto* read = std::get_if<tree::Read>(&expression.what)) {
    const auto* use = std::get_if<tree::NameUse>(&read->of->what);
    if (use && use->name == name) ++uses;
  }
  for_each_inside(expression, [&](const tree::Expression& inside) { count_uses(inside, name, uses); });
}

}  // namespace

void for_each_inside(const tree::Expression& expression, const VisitExpression& visit) {
  std::visit(tree::match{
                 [&](const tree::ListLiteral& list) {
                   for (const tree::Expression& element : list.elements) visit(element);
                 },
                 [&](const tree::TupleLiteral& tuple) {
                   for (const tree::Expression& element : tuple.elements) visit(element);
                 },
                 [&](const tree::Member& member) { visit(*member.of); },
                 [&](const tree::Call& call) { visit_arguments(call.arguments, visit); },
                 [&](const tree::Read& read) {
                   visit(*read.of);
                   for (const tree::Subscript& subscript : read.subscripts) {
                     if (const auto* inside = std::get_if<Box<tree::Expression>>(&subscript)) visit(**inside);
                   }
                   if (read.otherwise) visit(**read.otherwise);
                 },
                 [&](const tree::Pipe& pipe) {
                   visit(*pipe.value);
                   for (const tree::PipeStep& step : pipe.steps) visit_arguments(step.arguments, visit);
                 },
                 [&](const tree::Unary& unary) { visit(*unary.operand); },
                 [&](const tree::Binary& binary) {
                   visit(*binary.left);
                   visit(*binary.right);
                 },
                 [&](const tree::Reduction& reduction) {
                   visit_binders(reduction.binders, visit);
                   visit(*reduction.body);
                 },
                 [&](const tree::PathReduction& reduction) { visit(*reduction.body); },
                 [&](const tree::Choice& choice) {
                   visit(*choice.condition);
                   for_each_inside(choice.then, visit);
                   if (choice.otherwise) for_each_inside(*choice.otherwise, visit);
                 },
                 [&](const tree::Scan& scan) { for_each_inside(scan.body, visit); },
                 [](const auto&) {},
             },
             expression.what);
}

void for_each_inside(const tree::Statement& statement, const VisitExpression& visit) {
  std::visit(tree::match{
                 [&](const tree::KeptStatement& kept) {
                   for (const tree::Extent& extent : kept.extents) visit(*extent.size);
                   visit(kept.value);
                 },
                 [&](const tree::UpdateStatement& update) { visit(update.value); },
                 [&](const tree::YieldStatement& yield) { visit(yield.value); },
                 [&](const tree::CheckStatement& check) { visit(check.condition); },
                 [&](const tree::RepeatStatement& repeat) {
                   visit(repeat.count);
                   for_each_inside(repeat.body, visit);
                 },
                 [&](const tree::DefinitionStatement& definition) {
                   visit_binders(definition.binders, visit);
                   visit(definition.value);
                 },
                 [&](const tree::BindingStatement& binding) { visit(binding.value); },
                 [&](const tree::ExpressionStatement& expression) { visit(expression.value); },
             },
             statement.what);
}

void for_each_inside(const tree::Body& body, const VisitExpression& visit) {
  for (const tree::Statement& statement : body.statements) for_each_inside(statement, visit);
}

namespace {

/// Deeper than any file that is written by hand, and shallow enough for the stack.
constexpr int deepest = 1000;

class DepthCheck {
 public:
  explicit DepthCheck(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void check(const tree::Expression& root) {
    std::vector<std::pair<const tree::Expression*, int>> open = {{&root, 1}};
    while (!open.empty() && !found) {
      const tree::Expression* const expression = open.back().first;
      const int depth = open.back().second;
      open.pop_back();
      if (depth > deepest) {
        diagnostics_.add(message::too_deep, root.range, deepest);
        found = true;
      }
      for_each_inside(*expression,
                      [&](const tree::Expression& inside) { open.emplace_back(&inside, depth + 1); });
    }
  }
  void check(const tree::Statement& statement) {
    for_each_inside(statement, [&](const tree::Expression& inside) { check(inside); });
  }

  bool found = false;

 private:
  Diagnostics& diagnostics_;
};

void check_train(const tree::Train& train, DepthCheck& depth) {
  for (const tree::TrainLine& line : train.lines) {
    std::visit(tree::match{
                   [&](const tree::Statement& statement) { depth.check(statement); },
                   [&](const tree::Minimize& minimize) { depth.check(minimize.loss); },
                   [&](const tree::Metric& metric) { depth.check(metric.value); },
                   [&](const tree::Predict& predict) { depth.check(predict.value); },
                   [](const auto&) {},
               },
               line.line);
  }
}

}  // namespace

bool is_too_deep(const Tree& file, Diagnostics& diagnostics) {
  DepthCheck depth(diagnostics);
  for (const tree::Declaration& declaration : file.declarations) {
    std::visit(tree::match{
                   [&](const tree::Const& constant) { depth.check(constant.value); },
                   [&](const tree::Function& function) {
                     for (const tree::Statement& statement : function.body.statements) depth.check(statement);
                   },
                   [&](const tree::Data& data) {
                     for (const tree::DataLine& line : data.lines) {
                       if (const auto* field = std::get_if<tree::FieldLine>(&line.line))
                         depth.check(field->value);
                     }
                   },
                   [&](const tree::Train& train) { check_train(train, depth); },
                   [](const auto&) {},
               },
               declaration.what);
  }
  return depth.found;
}

int uses_of(const tree::Body& body, const std::string& name) {
  int uses = 0;
  for_each_inside(body, [&](const tree::Expression& inside) { count_uses(inside, name, uses); });
  return uses;
}

}  // namespace dlc
