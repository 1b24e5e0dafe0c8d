#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dsl/diagnostics/diagnostics.h"
#include "dsl/elaborate/activation.h"
#include "dsl/elaborate/builder.h"
#include "dsl/elaborate/definitions/operators.h"
#include "dsl/elaborate/definitions/ranges.h"
#include "dsl/elaborate/elaborate.h"
#include "dsl/elaborate/names/program.h"
#include "dsl/elaborate/setup.h"

namespace dlc {

class FieldReader;
struct ReaderForm;

/// cnn, cnn.head, cnn.head.w, …: all that names one of the parameters or more.
std::vector<std::string> paths_of(const std::vector<std::string>& parameters);

/// One elaboration of the file at one batch size, in one mode. Its methods stand in the files named beside
/// them.
class Elaborator {
 public:
  Elaborator(Setup& setup, std::int64_t batch, Mode mode);

  Builder builder;
  std::vector<KeptValue> kept;
  std::optional<Graph> initial;  // wanted: the graph of initial values
  std::map<ValueId, ValueId> initial_copied;
  std::vector<NetLine> nets;
  bool path_was_unknown = false;  // a sum over a path met a net before its call

  // constants.cpp
  Meaning constant(const std::string& name, const SourceRange& place);

  // train.cpp
  TrainDescription train(const tree::Train& block);
  /// The batch that the block asks for; 0: all, or none that is sound.
  std::int64_t batch_of(const tree::Train& block);
  /// Outputs "field.NAME": what is standardised, before that.
  void raw_fields(const tree::Train& block);
  // data.cpp
  /// Binds the fields of the block; what it says of the data.
  DataDescription bind_data(const tree::Data& block);
  // nets.cpp
  void check_alone(const DeclaredFunction& net);

  /// The outermost place, where there is no call around the code.
  void open_activation(std::string site);
  bool failed() const { return errors_ > 0; }

 private:
  friend class RangeCollector;
  friend class FieldReader;

  // ------------------------------------------------------------------ reports: report.cpp
  template <class... Arguments>
  Diagnostics::Added report(const Message<Arguments...>& message, const SourceRange& where,
                            std::type_identity_t<Arguments>... arguments) {
    if (muted_ == 0 && message.severity != Severity::warning && message.severity != Severity::note) ++errors_;
    const SourceRange shown = user_place(where);
    Diagnostics::Added added = sink().add(message, shown, std::move(arguments)...);
    if (muted_ == 0 && !(shown == where)) note_library(added, where);
    // What only names something is wrong whatever a call gave; the rest is wrong with what this call gave.
    constexpr bool is_of_values = (... || !std::is_same_v<Arguments, message::Name>);
    if (is_of_values && muted_ == 0 && shown == where) note_calls(added, where);
    return added;
  }
  Diagnostics& sink() { return muted_ > 0 ? scratch_ : *setup_.diagnostics; }
  SourceRange user_place(const SourceRange& where) const;
  void note_library(const Diagnostics::Added& added, const SourceRange& where) const;
  void note_history(const Diagnostics::Added& added, const Quantity& tensor) const;
  void suggest(const Diagnostics::Added& added, const std::string& written,
               const std::vector<std::string>& names) const;
  std::string text_of(const SourceRange& range) const { return std::string(setup_.sources->text(range)); }
  Place place_of(const SourceRange& range) const;
  /// Where the value comes from that a node may come to hold next.
  void came_from(const SourceRange& range);
  std::string shape_text(const Quantity& tensor) const;
  Meaning not_yet(const SourceRange& where, const std::string& what);
  /// The user's own calls that led here; of a library entry note_library shows the way.
  void note_calls(const Diagnostics::Added& added, const SourceRange& where) const;

  // ------------------------------------------------------------------ names: scopes.cpp
  Activation& now() { return *activations_.back(); }
  const Activation& now() const { return *activations_.back(); }
  const Binding* find_binding(const std::string& name) const;
  bool may_bind(const tree::Name& name, Binding::Role role);
  void bind(const tree::Name& name, Meaning meaning, Binding::Role role = Binding::Role::value);
  Meaning name_use(const std::string& name, const SourceRange& range);
  std::optional<Meaning> late_name(const std::string& name);
  std::vector<std::string> value_names() const;
  void open_scope() { now().scopes.emplace_back(); }
  void close_scope() { now().scopes.pop_back(); }
  std::string value_name(const std::string& suffix) const;

  // ------------------------------------------------------------------ expressions: expressions.cpp
  Meaning evaluate(const tree::Expression& expression);
  Meaning evaluate_list(const tree::ListLiteral& list, const SourceRange& range);
  Meaning evaluate_unary(const tree::Unary& unary, const SourceRange& range);
  Meaning evaluate_binary(const tree::Binary& binary, const SourceRange& range);
  Meaning evaluate_member(const tree::Member& member, const SourceRange& range);
  Meaning evaluate_pipe(const tree::Pipe& pipe, bool is_bound);
  Meaning apply(Scalar function, const Meaning& a, const Meaning& b, const SourceRange& range);
  Meaning apply(Scalar function, const Meaning& a, const SourceRange& range);
  Meaning finished(Outcome outcome, const Meaning& a, const Meaning& b, const SourceRange& range);
  std::optional<Quantity> tensor_of(const Meaning& meaning, const SourceRange& range);
  std::optional<std::int64_t> integer_setting(const tree::Expression& expression, const char* what);
  std::optional<Setting> setting_of(const tree::Expression& expression);
  /// The setting that an expression is, without a word if it is none.
  std::optional<Setting> quiet_setting(const tree::Expression& expression);

  // choices.cpp
  Meaning evaluate_choice(const tree::Choice& choice, const SourceRange& range, bool as_lines,
                          bool wants_result);
  void skip(const tree::Body& body);
  void skip(const tree::Expression& expression);

  // ------------------------------------------------------------------ index notation
  // reads.cpp
  Meaning evaluate_read(const tree::Read& read, const SourceRange& range);
  Meaning read_list(const ListSetting& list, const tree::Read& read, const SourceRange& range);
  std::optional<Position> subscript_position(const tree::Expression& expression);
  bool subscripts_of(const tree::Read& read, const Quantity& tensor, const SourceRange& range,
                     std::vector<std::optional<Position>>& positions);
  Meaning read_element(const tree::Read& read, const Quantity& tensor, const SourceRange& where);
  Meaning read_otherwise(const tree::Read& read, Quantity element);
  bool proved_inside(const tree::Read& read, const Quantity& tensor,
                     const std::vector<std::optional<Position>>& positions, const SourceRange& range);
  std::vector<std::string> integer_tensors(const tree::Read& read) const;
  // definitions.cpp
  Meaning define(const tree::DefinitionStatement& definition);
  std::optional<std::vector<IndexId>> binder_axes(const std::vector<tree::Binder>& binders,
                                                  std::vector<IndexId>& open);
  std::optional<std::vector<IndexId>> pack_axes(const tree::Pack& pack);
  void refresh_indices(const std::vector<IndexId>& axes);
  bool find_all_ranges(const tree::Expression& root, const std::vector<IndexId>& axes,
                       std::vector<IndexId> open, const SourceRange& where);
  void add_call_frame(const Meaning& term, std::vector<IndexId>& axes);
  void bind_again(const std::vector<tree::Binder>& binders, const std::vector<IndexId>& axes);
  // reductions.cpp
  Meaning evaluate_reduction(const tree::Reduction& reduction, const tree::Expression& whole);
  Meaning evaluate_path_reduction(const tree::PathReduction& reduction, const SourceRange& range);
  Meaning reduce(const std::string& reducer, const Meaning& term, std::vector<IndexId> over,
                 const SourceRange& range, const std::string& name);
  Meaning combine_terms(const std::string& reducer, const Meaning& a, const Meaning& b,
                        const SourceRange& range);
  std::optional<std::string> path_of(const tree::Path& path);
  std::vector<std::string> net_names() const;
  std::vector<std::string> parameters_of(const std::string& path);
  Quantity add_known_parameter(const std::string& name);

  // ------------------------------------------------------------------ calls
  struct Given {
    const tree::Argument* argument = nullptr;  // none: the value piped in
    Meaning meaning;
    SourceRange range;
    bool from_library = false;
    SourceRange last{};  // what gave the value: of a pipeline its last step
  };
  using Shapes = std::vector<Shape>;
  /// What stands left of |>, if anything.
  struct Piped {
    const Meaning* value = nullptr;
    SourceRange range;
    SourceRange last;  // step of it
  };
  // calls.cpp
  Meaning call(const tree::Name& function, const std::vector<tree::Argument>& arguments,
               const SourceRange& range, const Piped& piped, const tree::Name* as);
  Meaning call_declared(const DeclaredFunction& declared, const std::vector<tree::Argument>& arguments,
                        const SourceRange& range, const Piped& piped, const tree::Name* as);
  bool may_call(const DeclaredFunction& declared, const SourceRange& range);
  /// The arguments of a call that cannot be made: their own mistakes are told all the same.
  void look_into(const std::vector<tree::Argument>& arguments);
  std::optional<std::vector<std::optional<Given>>> match_arguments(
      const DeclaredFunction& declared, const std::vector<tree::Argument>& arguments, const Piped& piped,
      const SourceRange& range);
  Given evaluate_argument(const tree::Parameter& parameter, const tree::Argument& argument);
  void note_declaration(const Diagnostics::Added& added, const DeclaredFunction& declared) const;
  void hold_arguments(const DeclaredFunction& declared, std::vector<std::optional<Given>>& given,
                      const std::string& site);
  Meaning run_function(const DeclaredFunction& declared, std::vector<std::optional<Given>> given,
                       std::unique_ptr<Activation> activation, const SourceRange& range,
                       const std::string& result_name);
  Meaning leave_call(Meaning result, const std::vector<Dimension>& leads, CallId record,
                     const std::string& name);
  // nets.cpp
  void note_summary(const DeclaredFunction& declared, const Activation& done, const Meaning& result,
                    const Shapes& inputs, std::size_t first_value);
  std::int64_t parameters_in(const std::string& instance) const;
  // parameters.cpp
  bool bind_parameters(const DeclaredFunction& declared, std::vector<std::optional<Given>>& given,
                       const SourceRange& range);
  bool take_leads(const DeclaredFunction& declared, std::vector<std::optional<Given>>& given,
                  std::vector<Dimension>& leads, CallId record, const SourceRange& range);
  void report_leads(const DeclaredFunction& declared, const tree::Parameter& parameter,
                    const Quantity& tensor, const std::vector<Dimension>& leads,
                    const std::string& first_name, const SourceRange& range);
  bool bind_pattern(const DeclaredFunction& declared, const tree::Parameter& parameter,
                    const Quantity& tensor, const SourceRange& range);
  bool fits_kind(const DeclaredFunction& declared, const tree::Parameter& parameter, const Meaning& meaning,
                 const SourceRange& range, const tree::Expression* written);
  void shape_mismatch(const DeclaredFunction& declared, const tree::Parameter& parameter,
                      const Quantity& tensor, const SourceRange& range);
  std::string pattern_text(const tree::Parameter& parameter) const;
  // instances.cpp
  std::string instance_name(const DeclaredFunction& declared, const tree::Name* as);
  void take_over_writes();
  void keep(const tree::KeptStatement& statement);
  void keep_of_optimizer(const tree::KeptStatement& statement);
  std::optional<Shape> kept_extents(const tree::KeptStatement& statement);
  void make_initial(const tree::KeptStatement& statement, const Shape& shape, const std::string& name);
  std::optional<Quantity> initial_value(const tree::KeptStatement& statement, const Shape& shape,
                                        bool each_element);
  KeptValue* find_kept(const std::string& name);
  KeptValue& add_kept(const std::string& name, const Shape& shape, bool trained, const SourceRange& place);
  void update(const tree::UpdateStatement& statement);
  // builtins.cpp
  Meaning call_builtin(const tree::Name& function, const std::vector<tree::Argument>& arguments,
                       const SourceRange& range, const Piped& piped);
  Meaning builtin_reducer(const std::string& name, const std::vector<Given>& given, const SourceRange& range);
  Meaning builtin_about(const std::string& name, const std::vector<Given>& given, const SourceRange& range);
  Meaning builtin_reshape(const std::vector<Given>& given, const SourceRange& range);
  Meaning builtin_draw(const std::string& name, const std::vector<Given>& given, const SourceRange& range);
  Meaning result_of(const std::vector<tree::Argument>& arguments, const SourceRange& range);
  Meaning classes_of_field(const tree::Member& member, const SourceRange& range);
  Quantity uniform_draw(const std::string& suffix);

  // ------------------------------------------------------------------ lines: statements.cpp
  Meaning run(const tree::Body& body, bool wants_result);
  Meaning run(const tree::Statement& statement, bool is_last, bool wants_result);
  void run_check(const tree::CheckStatement& check);
  Meaning run_repeat(const tree::RepeatStatement& repeat);
  Meaning run_binding(const tree::BindingStatement& binding);
  Meaning held(Meaning meaning, const std::string& name);
  std::string filled_message(const tree::String& message);

  // ------------------------------------------------------------------ train.cpp, minimize.cpp, metrics.cpp
  void minimize(const tree::Minimize& line);
  void optimize(const tree::Minimize& line, const DeclaredFunction& optimizer, const Quantity& loss);
  std::vector<std::string> trained_by(const tree::Minimize& line, ValueId loss);
  void make_gradient_norm(const std::vector<std::string>& names, const std::vector<Quantity>& gradients);
  bool run_optimizer(const tree::Minimize& line, const DeclaredFunction& optimizer, const std::string& name,
                     const Quantity& gradient, const std::vector<std::optional<Given>>& arguments);
  const tree::Expression& given_or(const std::string& name, const tree::Expression& written) const;
  std::optional<std::int64_t> positive(const std::string& name, const tree::Expression& written);
  void override_length(TrainDescription& description);
  void require_lines(const tree::Train& block, const TrainDescription& description);
  void batch_line(const tree::Batch& batch, TrainDescription& description);
  void metric(const tree::Metric& line, TrainDescription& description);
  void metric_of_metrics(const tree::Metric& line, const std::string& name, TrainDescription& description);
  bool names_metrics_only(const tree::Expression& expression, const TrainDescription& description,
                          const std::vector<std::string>& bound);
  void predict(const tree::Predict& line, TrainDescription& description);
  void keep_line(const tree::Keep& line, TrainDescription& description);
  void stop_line(const tree::Stop& line, TrainDescription& description);
  bool is_known_metric(const tree::Path& path, const TrainDescription& description, const char* line);
  void train_line(const tree::TrainLine& line, TrainDescription& description);
  void add_updates();

  // repeated.cpp
  void refuse_repeated(const tree::Train& block);
  void refuse_repeated(const tree::Data& block);
  void given_twice(const std::string& what, const SourceRange& second, const SourceRange& first);

  // data.cpp
  std::optional<DataReader> reader_call(const tree::Expression& expression);
  bool fits_reader(const ReaderForm& form, const DataReader& reader, const tree::Argument& argument,
                   const Setting& setting);
  bool split_is_sound(const tree::SplitLine& line, const Split& split);
  std::vector<std::string> dropping_columns(const tree::Data& block);
  void split_line(const tree::SplitLine& line, DataDescription& description);
  void stratify_by(const tree::Name& name, DataDescription& description, std::vector<Binding>& fields);
  Binding* named_field(const tree::Name& name, const DataDescription& description,
                       std::vector<Binding>& fields);
  void standardize(const tree::StandardizeLine& line, DataDescription& description,
                   std::vector<Binding>& fields);
  // augment.cpp
  void augment(const tree::AugmentLine& line, const DataDescription& description,
               std::vector<Binding>& fields);

  Setup& setup_;
  Mode mode_;
  std::int64_t batch_;
  IndexId batch_axis_{};
  std::vector<std::unique_ptr<Activation>> activations_;
  std::vector<CallRecord> calls_;
  Diagnostics scratch_;
  int errors_ = 0;
  int muted_ = 0;
  int in_choice_ = 0;
  int in_check_ = 0;        // in the condition of require or expect
  bool measuring_ = false;  // shapes are looked for, nothing is proved
  std::string hint_;        // the name of the value that is being bound
  const tree::Expression* hint_node_ = nullptr;
  std::string result_name_;  // the name for the result of the call that is the whole value bound
  std::map<const tree::Reduction*, std::vector<IndexId>> reducer_axes_;
  std::optional<Quantity> loss_;
  std::vector<LayerLine> open_layers_;
  std::optional<Quantity> gradient_norm_;
  FieldReader* field_reader_ = nullptr;  // while a field's expression is elaborated
  struct Figures {
    Quantity mean;
    Quantity deviation;
  };
  std::map<std::string, Figures> figures_;  // of standardised fields
  bool fields_are_unknown_ = false;         // the data block is missing
  bool wants_raw_ = false;
  bool is_looking_ahead_ = false;        // at a data block, for what is dropped
  bool is_augmenting_ = false;           // draws are each example's own
  int augments_ = 0;                     // lines so far
  bool is_of_measured_ = false;          // in a metric made of metrics: nothing of a net is seen
  std::map<std::string, Quantity> raw_;  // fields as they are before they are standardised
};

}  // namespace dlc
