#include <algorithm>
#include <cstring>
#include <filesystem>

#include "runtime/data/classes.h"
#include "runtime/data/missing.h"
#include "runtime/data/parts/random_order.h"
#include "runtime/data/parts/split.h"
#include "tools/dlc/data_source.h"

namespace dlc {

namespace {

constexpr const char* part_names[] = {"train", "valid", "test"};

/// One part while it is made: the table's rows it has, and the columns taken from them.
struct Draft {
  std::string name;
  DataTable table;
};

template <class To, class From>
std::vector<std::byte> converted(std::span<const From> numbers) {
  std::vector<To> result(numbers.size());
  std::transform(numbers.begin(), numbers.end(), result.begin(),
                 [](From value) { return static_cast<To>(value); });
  return bytes_of(std::span<const To>(result));
}

/// The same numbers in the element that the step reads.
Column as_element(Column column, Element element) {
  const ElementType wanted = element == Element::f32   ? ElementType::f32
                             : element == Element::i32 ? ElementType::i32
                                                       : ElementType::u8;
  if (column.element == wanted) return column;
  std::vector<std::byte> data;
  visit_numbers(column, [&](auto numbers) {
    switch (element) {
      case Element::f32: data = converted<float>(numbers); break;
      case Element::i32: data = converted<std::int32_t>(numbers); break;
      case Element::u8: data = converted<std::uint8_t>(numbers); break;
    }
  });
  column.element = wanted;
  column.data = std::move(data);
  return column;
}

/// Number columns next to each other in one: [a, b, c] for each example.
Column side_by_side(const std::vector<const Column*>& columns, const std::string& name) {
  Column result;
  result.name = name;
  result.element = ElementType::f32;
  result.shape = {static_cast<std::int64_t>(columns.size())};
  result.count = columns.front()->count;
  std::vector<float> rows(static_cast<std::size_t>(result.count) * columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    for (std::int64_t row = 0; row < result.count; ++row) {
      rows[static_cast<std::size_t>(row) * columns.size() + c] =
          static_cast<float>(number_at(*columns[c], row));
    }
    result.missing.insert(result.missing.end(), columns[c]->missing.begin(), columns[c]->missing.end());
  }
  result.data = bytes_of(std::span<const float>(rows));
  return result;
}

Failure failure_at(std::string what, const Place& place) {
  return {std::move(what), place.file, place.line, place.column, -1, false};
}

/// A failure that names no file happened to what a field reads: that field's place says more than none.
Failure at_use(const Failure& failure, const ColumnUse& use) {
  return failure.file.empty() ? failure_at(failure.what, use.place) : failure;
}

Result<void> columns_exist(const DataTable& table, const ColumnUse& use) {
  for (const std::string& name : use.columns) {
    const Column* column = table.find(name);
    if (column == nullptr) return failure_at("the data have no column " + name, use.place);
    if (use.columns.size() > 1 && (column->is_text() || !column->shape.empty())) {
      return failure_at("column " + name + " is no single number, so it cannot stand in columns(…)",
                        use.place);
    }
  }
  return {};
}

/// Leaves out the examples with empty cells where a field says so.
Result<DataTable> without_incomplete(DataTable table, const DataDescription& data) {
  std::vector<const Column*> must_be_whole;
  for (const ColumnUse& use : data.columns) {
    if (use.missing != ColumnUse::Missing::drop) continue;
    for (const std::string& name : use.columns) {
      if (const Column* column = table.find(name)) must_be_whole.push_back(column);
    }
  }
  if (must_be_whole.empty()) return table;
  return take(table, complete_examples(must_be_whole, table.count));
}

ClassRule rule_of(const ColumnUse& use) {
  return {use.classes_are_given ? std::optional(use.classes) : std::nullopt, use.names};
}

Result<Column> without_missing(Column column, const ColumnUse& use, const Column& training,
                               const DataTable& table) {
  switch (use.missing) {
    case ColumnUse::Missing::is_an_error:
      if (Result<void> whole = refuse_missing(column, table.files); !whole) return whole.failure();
      break;
    case ColumnUse::Missing::value:
      // What does not fit the column of the training part was told with the file; other parts may differ.
      if (column.is_text()) fill_missing(column, use.missing_text);
      if (!column.is_text()) fill_missing(column, use.missing_value);
      break;
    case ColumnUse::Missing::mean: {
      const std::optional<double> mean = mean_of_present(training);
      if (!mean)
        return failure_at("column " + column.name + " is empty in the training part: it has no mean",
                          use.place);
      fill_missing(column, *mean);
      break;
    }
    case ColumnUse::Missing::drop: break;
  }
  return column;
}

Result<std::vector<Draft>> split_table(const DataTable& table, const DataDescription& data) {
  SplitRule rule;
  rule.seed = data.split->seed;
  rule.in_order = data.split->in_order;
  for (const Split::Portion& portion : data.split->portions) {
    rule.counts = !portion.is_share;
    rule.parts.push_back(
        {portion.part, portion.is_share ? portion.share : static_cast<double>(portion.count)});
  }
  std::vector<std::int32_t> strata;
  for (const ColumnUse& use : data.columns) {
    if (data.split->stratify.empty() || use.input != data.split->stratify) continue;
    const Column& found = *table.find(use.columns.front());
    const Result<Column> column = without_missing(found, use, found, table);
    if (!column) return column.failure();
    const Result<ClassNumbering> numbering = number_classes(*column, rule_of(use));
    if (!numbering) return at_use(numbering.failure(), use);
    Result<std::vector<std::int32_t>> classes = classes_of(*column, *numbering, "train");
    if (!classes) return at_use(classes.failure(), use);
    strata = *std::move(classes);
  }
  rule.strata = strata;
  const Result<std::vector<std::vector<std::int64_t>>> examples = split_examples(table.count, rule);
  if (!examples) return examples.failure();
  std::vector<Draft> drafts;
  for (std::size_t p = 0; p < rule.parts.size(); ++p)
    drafts.push_back({rule.parts[p].part, take(table, (*examples)[p])});
  return drafts;
}

Result<DataTable> read_table(const DataReader& reader, const DataDescription& data,
                             const SearchPlaces& places) {
  const Result<ReaderCall> call = reader_call(reader);
  if (!call) return call.failure();
  Result<DataTable> table = read_data(*call, places);
  if (!table) return table;
  for (const ColumnUse& use : data.columns) {
    if (Result<void> there = columns_exist(*table, use); !there) return there.failure();
  }
  return without_incomplete(*std::move(table), data);
}

Result<std::vector<Draft>> read_drafts(const DataDescription& data, const SearchPlaces& places,
                                       std::vector<std::string>& files) {
  std::vector<Draft> drafts;
  if (data.from) {
    Result<DataTable> table = read_table(*data.from, data, places);
    if (!table) return table.failure();
    files = table->files;
    if (data.split) {
      Result<std::vector<Draft>> parts = split_table(*table, data);
      if (!parts) return parts;
      drafts = *std::move(parts);
    } else {
      drafts.push_back({"train", *std::move(table)});
    }
  }
  for (const char* part : part_names) {
    const auto reader = data.parts.find(part);
    if (reader == data.parts.end()) continue;
    Result<DataTable> table = read_table(reader->second, data, places);
    if (!table) return table.failure();
    files.insert(files.end(), table->files.begin(), table->files.end());
    drafts.push_back({part, *std::move(table)});
  }
  return drafts;
}

/// "valid (d.csv)": a part, with its file if it has one.
std::string part_text(const Draft& draft) {
  if (draft.table.files.size() != 1) return draft.name;
  return draft.name + " (" + std::filesystem::path(draft.table.files[0]).lexically_normal().string() + ")";
}

Result<Column> classes_column(const Column& column, const ClassNumbering& numbering,
                              const std::string& part) {
  const Result<std::vector<std::int32_t>> classes = classes_of(column, numbering, part);
  if (!classes) return classes.failure();
  Column result = column;
  result.text.clear();
  result.why_text.reset();
  result.element = ElementType::i32;
  result.data = bytes_of(std::span<const std::int32_t>(*classes));
  return result;
}

/// The column of one use, for one part: cells filled, columns put together.
Result<Column> column_of(const ColumnUse& use, const Draft& draft, const Draft& training) {
  std::vector<Column> columns;
  for (const std::string& name : use.columns) {
    Result<Column> column =
        without_missing(*draft.table.find(name), use, *training.table.find(name), draft.table);
    if (!column) return column;
    columns.push_back(*std::move(column));
  }
  if (columns.size() == 1) return std::move(columns.front());
  std::vector<const Column*> pointers;
  for (const Column& column : columns) pointers.push_back(&column);
  return side_by_side(pointers, use.input);
}

/// The column where it can be taken as it is, so that its rows are not copied: no other use reads it, and
/// nothing in it is to be changed.
std::optional<Column> taken_column(const ColumnUse& use, const DataDescription& data, Draft& draft) {
  if (use.columns.size() != 1 || use.missing == ColumnUse::Missing::mean || use.is_class) return std::nullopt;
  const std::string& name = use.columns.front();
  const auto reads_it = [&](const ColumnUse& other) {
    return std::find(other.columns.begin(), other.columns.end(), name) != other.columns.end();
  };
  if (std::count_if(data.columns.begin(), data.columns.end(), reads_it) != 1) return std::nullopt;
  for (Column& column : draft.table.columns) {
    if (column.name == name && column.missing.empty()) return std::move(column);
  }
  return std::nullopt;
}

}  // namespace

Part LoadedPart::view() const {
  Part part{name, count, {}};
  for (const auto& [input, column] : columns) {
    part.inputs.push_back({input, column.data, static_cast<std::size_t>(bytes_of_example(column))});
  }
  return part;
}

const LoadedPart* LoadedData::find(std::string_view part) const {
  const auto found =
      std::find_if(parts.begin(), parts.end(), [&](const LoadedPart& loaded) { return loaded.name == part; });
  return found == parts.end() ? nullptr : &*found;
}

Result<LoadedData> DataSource::load(const DataDescription& data,
                                    const std::map<std::string, Element>& elements) const {
  LoadedData loaded;
  Result<std::vector<Draft>> drafts = read_drafts(data, places_, loaded.files);
  if (!drafts) return drafts.failure();
  const auto training =
      std::find_if(drafts->begin(), drafts->end(), [](const Draft& draft) { return draft.name == "train"; });
  for (const Draft& draft : *drafts) loaded.parts.push_back({draft.name, draft.table.count, {}});

  for (const ColumnUse& use : data.columns) {
    const auto element = elements.find(use.input);
    if (element == elements.end()) continue;  // No step reads it.
    ClassNumbering numbering;
    if (use.is_class) {
      const Result<Column> of_training = column_of(use, *training, *training);
      if (!of_training) return of_training.failure();
      ClassRule rule = rule_of(use);
      if (use.names_file) {
        const Result<std::vector<std::filesystem::path>> file = find_data_files(*use.names_file, places_);
        if (!file) return file.failure();
        Result<std::vector<std::string>> names = read_names(file->front());
        if (!names) return names.failure();
        rule.names = *std::move(names);
      }
      Result<ClassNumbering> made = number_classes(*of_training, rule);
      if (!made) return at_use(made.failure(), use);
      numbering = *std::move(made);
      loaded.classes[use.input] = numbering.names;
    }
    for (std::size_t p = 0; p < drafts->size(); ++p) {
      std::optional<Column> taken = taken_column(use, data, (*drafts)[p]);
      Result<Column> column = taken ? *std::move(taken) : column_of(use, (*drafts)[p], *training);
      if (column && use.is_class) column = classes_column(*column, numbering, part_text((*drafts)[p]));
      if (!column) return at_use(column.failure(), use);
      loaded.parts[p].columns[use.input] = as_element(*std::move(column), element->second);
    }
  }
  return loaded;
}

}  // namespace dlc
