#include <algorithm>
#include <filesystem>

#include "runtime/data/missing.h"
#include "runtime/data/parts/random_order.h"
#include "runtime/data/parts/split.h"
#include "tools/dlc/data/data_source.h"

namespace dlc {

namespace {

constexpr const char* part_names[] = {"train", "valid", "test"};

/// One part while it is made: the table's rows it has, and the columns taken from them.
struct Draft {
  std::string name;
  DataTable table;
};

Failure failure_at(std::string what, const Place& place) {
  return {.what = std::move(what), .file = place.file, .line = place.line, .column = place.column};
}

Result<void> columns_exist(const DataTable& table, const ColumnUse& use) {
  for (const std::string& name : use.columns) {
    const Column* column = table.find(name);
    if (column == nullptr) {
      const std::string file = table.files.size() == 1 ? " of " + table.files.front() : "";
      return failure_at("the data" + file + " have no column " + name, use.place);
    }
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
    Result<std::vector<std::int32_t>> classes = strata_of(use, table);
    if (!classes) return classes.failure();
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
    if (Result<void> known = learn(use, training->table, places_, loaded.learned); !known)
      return known.failure();
    for (std::size_t p = 0; p < drafts->size(); ++p) {
      Draft& draft = (*drafts)[p];
      if (std::optional<Column> taken = taken_column(use, data, draft)) {
        loaded.parts[p].columns[use.input] = as_element(*std::move(taken), element->second);
        continue;
      }
      Result<Column> column =
          take_columns(use, draft.table, part_text(draft), loaded.learned, element->second);
      if (!column) return at_use(column.failure(), use);
      loaded.parts[p].columns[use.input] = *std::move(column);
    }
  }
  return loaded;
}

}  // namespace dlc
