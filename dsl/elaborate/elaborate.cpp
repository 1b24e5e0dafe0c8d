#include "dsl/elaborate/elaborate.h"

#include <algorithm>
#include <memory>

#include "dsl/elaborate/elaborator.h"
#include "dsl/elaborate/graphs.h"
#include "dsl/grammar/parse.h"

namespace dlc {

namespace {

/// Where no data are looked at and `batch all` is written, the batch is as large as this.
constexpr std::int64_t batch_for_checks = 8;

void read_overrides(Setup& setup, Sources& sources, Diagnostics& diagnostics) {
  std::vector<std::string> known = {"epochs", "steps", "batch"};
  for (const auto& [name, constant] : setup.program.constants) known.push_back(name);
  for (const Override& given : setup.options.overrides) {
    if (given.name == "batch" && given.value == "all") {
      setup.batch_is_all = true;  // a word here, not an expression
      continue;
    }
    const FileId text = sources.add(given.name + "=" + given.value, given.value);
    // `all` is a size of batches only there; elsewhere it is a reducer.
    std::optional<tree::Expression> value =
        given.name == "batch" && given.value == "all"
            ? tree::Expression{tree::NameUse{given.value},
                               {text, 0, static_cast<std::uint32_t>(given.value.size())}}
            : parse_expression(text, sources, diagnostics);
    if (!value) continue;
    if (std::find(known.begin(), known.end(), given.name) == known.end()) {
      const auto added = diagnostics.add(message::unknown_override, value->range, given.name);
      if (const std::optional<std::string> near = nearest_name(given.name, known)) {
        added.note(message::did_you_mean, *near);
      }
    }
    setup.overrides.insert_or_assign(given.name, std::move(*value));
  }
}

/// The same question is not asked twice of the data.
void remember_facts(ElaborateOptions& options) {
  if (!options.find_column) return;
  auto known = std::make_shared<std::map<std::pair<std::string, std::string>, std::optional<ColumnFacts>>>();
  options.find_column = [known, find = options.find_column](const DataReader& reader,
                                                            const std::string& column) {
    std::string key = reader.reader;
    for (const auto& [name, setting] : reader.arguments) key += "|" + name + "=" + to_text(setting);
    for (const std::string& name : reader.dropping) key += "|drop " + name;
    const auto [entry, is_new] = known->try_emplace({key, column});
    if (is_new) entry->second = find(reader, column);
    return entry->second;
  };
}

std::vector<Kept> kept_of(const std::vector<KeptValue>& values) {
  std::vector<Kept> kept;
  for (const bool trained : {true, false}) {
    for (const KeptValue& value : values) {
      if (value.trained == trained) kept.push_back({value.name, value.shape, value.trained});
    }
  }
  return kept;
}

bool has_name(const std::vector<Kept>& kept, const std::string& name) {
  return std::any_of(kept.begin(), kept.end(), [&](const Kept& each) { return each.name == name; });
}

/// A param or state exists in the training plan and outside of it. An optimizer's states are of the training
/// plan alone.
void compare_kept(const std::vector<KeptValue>& in_training, const std::vector<KeptValue>& outside,
                  Diagnostics& diagnostics) {
  const auto compare = [&](const std::vector<KeptValue>& some, const std::vector<Kept>& others,
                           const char* where) {
    for (const KeptValue& value : some) {
      if (value.name.find(':') != std::string::npos || has_name(others, value.name)) continue;
      diagnostics.add(message::kept_sometimes, value.place, value.name, where);
    }
  };
  compare(in_training, kept_of(outside), "in training only");
  compare(outside, kept_of(in_training), "outside of training only");
}

std::int64_t batch_of(Setup& setup, const tree::Train& block) {
  Diagnostics quiet;
  Diagnostics* const loud = std::exchange(setup.diagnostics, &quiet);
  Elaborator elaborator(setup, 1, Mode::training);
  const std::int64_t batch = elaborator.batch_of(block);
  setup.diagnostics = loud;
  return batch > 0 ? batch : batch_for_checks;
}

/// Checks the whole train block in both modes; what the model says of it.
void check_train(Setup& setup, Model& model, Diagnostics& diagnostics) {
  const tree::Train& block = *setup.program.train;
  const std::int64_t batch = batch_of(setup, block);
  auto training = std::make_unique<Elaborator>(setup, batch, Mode::training);
  training->initial.emplace();
  model.train = training->train(block);
  if (training->path_was_unknown && !training->failed()) {
    // A sum over a net's parameters stands before the net's call: now they are known.
    setup.known_parameters = kept_of(training->kept);
    setup.had_run_before = true;
    training = std::make_unique<Elaborator>(setup, batch, Mode::training);
    training->initial.emplace();
    model.train = training->train(block);
  }
  if (training->failed()) return;
  setup.known_parameters = kept_of(training->kept);
  model.kept = setup.known_parameters;
  model.nets = std::move(training->nets);
  model.initial = std::move(*training->initial);
  Elaborator evaluation(setup, batch, Mode::evaluation);
  evaluation.train(block);
  if (!evaluation.failed()) compare_kept(training->kept, evaluation.kept, diagnostics);
}

void check_other_nets(Setup& setup, Model& model) {
  for (const std::string& name : setup.program.functions_in_order) {
    const auto found = setup.program.own.find(name);
    if (found == setup.program.own.end() || found->second.function->kind != tree::FunctionKind::net) continue;
    const bool is_known = std::any_of(model.nets.begin(), model.nets.end(),
                                      [&](const NetLine& net) { return net.name == name; });
    if (is_known) continue;
    Elaborator alone(setup, 1, Mode::training);
    alone.check_alone(found->second);
    model.nets.insert(model.nets.end(), alone.nets.begin(), alone.nets.end());
  }
}

/// Data blocks that the train block does not use: their text alone, no file is looked at.
void check_other_data(Setup& setup, Diagnostics& diagnostics) {
  Diagnostics quiet;
  setup.diagnostics = &quiet;
  const FindColumn find = std::exchange(setup.options.find_column, {});
  const ListColumns list = std::exchange(setup.options.list_columns, {});
  for (const auto& [name, block] : setup.program.data) {
    if (setup.data && setup.data->name == name) continue;
    Elaborator alone(setup, 1, Mode::evaluation);
    alone.bind_data(*block);
  }
  setup.options.find_column = find;
  setup.options.list_columns = list;
  setup.diagnostics = &diagnostics;
  for (const Diagnostic& found : quiet.sorted()) {
    if (found.severity == Severity::error) diagnostics.add(found);
  }
}

void check_constants(Setup& setup, Model& model) {
  Elaborator elaborator(setup, 1, Mode::evaluation);
  for (const auto& [name, constant] : setup.program.constants) {
    const Meaning meaning = elaborator.constant(name, constant->name.range);
    if (const auto* setting = std::get_if<Setting>(&meaning)) model.constants.emplace(name, *setting);
  }
}

/// Elaborates in silence: what is wrong was told when the model was made.
template <class Action>
Graph elaborated(Setup& setup, std::int64_t batch, Mode mode, Action action) {
  Diagnostics quiet;
  setup.diagnostics = &quiet;
  Elaborator elaborator(setup, batch, mode);
  action(elaborator);
  setup.diagnostics = nullptr;
  return without_unneeded(elaborator.builder.graph);
}

}  // namespace

std::optional<Model> elaborate(const Tree& file, const std::vector<Tree>& library, Sources& sources,
                               const ElaborateOptions& options, Diagnostics& diagnostics) {
  if (is_too_deep(file, diagnostics)) return std::nullopt;
  for (const Tree* used : options.used) {
    if (is_too_deep(*used, diagnostics)) return std::nullopt;
  }
  auto setup = std::make_shared<Setup>();
  setup->options = options;
  remember_facts(setup->options);
  setup->sources = &sources;
  setup->diagnostics = &diagnostics;
  setup->program = collect(file, options.used, library, diagnostics);
  read_overrides(*setup, sources, diagnostics);
  Model model;
  model.file = sources.name(file.file);
  model.doc = file.doc;
  check_constants(*setup, model);
  if (setup->program.train) {
    check_train(*setup, model, diagnostics);
  } else if (!setup->program.data.empty()) {  // Data are looked at before there is anything to train.
    Elaborator alone(*setup, 1, Mode::evaluation);
    setup->data = alone.bind_data(*setup->program.data.begin()->second);
  }
  if (setup->data) model.data = *setup->data;
  check_other_data(*setup, diagnostics);
  if (!diagnostics.has_errors()) check_other_nets(*setup, model);
  if (diagnostics.has_errors()) return std::nullopt;
  setup->diagnostics = nullptr;
  if (!setup->program.train) return model;
  model.step = [setup](std::int64_t batch, Mode mode) {
    return elaborated(*setup, batch, mode, [&](Elaborator& e) { e.train(*setup->program.train); });
  };
  model.raw_fields = [setup](std::int64_t batch) {
    return elaborated(*setup, batch, Mode::evaluation,
                      [&](Elaborator& e) { e.raw_fields(*setup->program.train); });
  };
  return model;
}

}  // namespace dlc
