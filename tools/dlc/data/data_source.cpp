#include "tools/dlc/data/data_source.h"

#include <algorithm>
#include <filesystem>

#include "dsl/elaborate/blocks/reader_forms.h"
#include "dsl/elaborate/names/settings.h"
#include "runtime/data/classes.h"
#include "runtime/data/missing.h"

namespace dlc {

namespace {

std::optional<std::vector<std::string>> texts_of(const Setting& setting) {
  if (const std::string* text = std::get_if<std::string>(&setting.value)) return std::vector{*text};
  const ListSetting* list = std::get_if<ListSetting>(&setting.value);
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (const Setting& element : list->elements) {
    const std::string* text = std::get_if<std::string>(&element.value);
    if (text == nullptr) return std::nullopt;
    texts.push_back(*text);
  }
  return texts;
}

std::string key_of(const DataReader& reader) {
  std::string key = reader.reader;
  for (const auto& [name, value] : reader.arguments) key += "," + name + "=" + to_text(value);
  return key;
}

Element element_of_column(const Column& column) {
  switch (column.element) {
    case ElementType::u8: return Element::u8;
    case ElementType::i32: return Element::i32;
    case ElementType::i64:
    case ElementType::f32: break;
  }
  return Element::f32;
}

std::optional<Shape> size_of_images(const Setting& setting) {
  const ListSetting* list = std::get_if<ListSetting>(&setting.value);
  if (list == nullptr || list->elements.size() != 2) return std::nullopt;
  Shape size;
  for (const Setting& element : list->elements) {
    const std::optional<std::int64_t> extent = as_integer(element);
    if (!extent || *extent < 1 || *extent > (std::int64_t{1} << 13)) return std::nullopt;
    size.push_back(*extent);
  }
  return size;
}

/// Whether a reader that was asked for the header gave the contents too.
bool is_complete(const Column& column) {
  if (column.is_text()) return static_cast<std::int64_t>(column.text.size()) == column.count;
  return static_cast<std::int64_t>(column.data.size()) == column.count * bytes_of_example(column);
}

/// A column of the table without the examples that an empty cell drops.
Column without_dropped(const Column& column, const DataTable& table,
                       const std::vector<std::string>& dropping) {
  std::vector<const Column*> whole;
  for (const std::string& name : dropping) {
    if (const Column* other = table.find(name)) whole.push_back(other);
  }
  const bool drops =
      std::any_of(whole.begin(), whole.end(), [](const Column* other) { return !other->missing.empty(); });
  return drops ? take(column, complete_examples(whole, table.count)) : column;
}

/// Where the cell stands that makes a column text: FILE:LINE:COLUMN.
std::string cell_text(const TextCell& cell, const DataTable& table) {
  const auto file = static_cast<std::size_t>(cell.file);
  const std::filesystem::path path = file < table.files.size() ? table.files[file] : "";
  return path.lexically_normal().string() + ":" + std::to_string(cell.line) + ":" +
         std::to_string(cell.column);
}

/// The classes of a column as they are numbered without any rule; none if it holds what is no class.
std::vector<std::string> numbered(const Column& column) {
  const Result<ClassNumbering> numbering = number_classes(column, {});
  return numbering ? numbering->names : std::vector<std::string>{};
}

}  // namespace

Result<ReaderCall> reader_call(const DataReader& reader) {
  ReaderCall call;
  call.reader = reader.reader;
  const ReaderForm* form = find_reader(reader.reader);
  for (const auto& [name, value] : reader.arguments) {
    const ReaderOption* option = form == nullptr ? nullptr : find_option(*form, name);
    if (option != nullptr && option->kind == OptionKind::image_size) {
      const std::optional<Shape> size = size_of_images(value);
      if (!size)
        return Failure{.what = reader.reader + ": " + name + " is " + to_text(value) +
                               ", but [height, width] is needed, such as [64, 64]",
                       .file = {}};
      call.size = *size;
      continue;
    }
    const std::optional<std::vector<std::string>> texts = texts_of(value);
    if (!texts)
      return Failure{.what = reader.reader + ": " + name + " is " + to_text(value) + ", a text is needed",
                     .file = {}};
    if (option == nullptr) {
      call.files.push_back({name, texts->front()});
    } else if (name == "names") {
      call.names = *texts;
    } else if (name == "separator" && texts->front().size() == 1) {
      call.separator = texts->front().front();
    } else if (name == "missing") {
      call.missing = *texts;
    } else {
      return Failure{.what = reader.reader + " has no argument " + name + " = " + to_text(value), .file = {}};
    }
  }
  return call;
}

const DataTable* DataSource::header(const DataReader& reader) {
  const auto [entry, is_new] = headers_.try_emplace(key_of(reader));
  if (is_new) {
    const Result<ReaderCall> call = reader_call(reader);
    Result<DataTable> table =
        call ? read_data(*call, places_, {.header_only = true}) : Result<DataTable>(call.failure());
    if (table) {
      entry->second = *std::move(table);
    } else {
      failures_.push_back(table.failure());
    }
  }
  return entry->second ? &*entry->second : nullptr;
}

std::vector<std::string> DataSource::distinct_values(const DataReader& reader, const Column& column) {
  if (!column.shape.empty()) return {};
  if (column.classes || is_complete(column)) return numbered(column);
  if (column.element == ElementType::f32 && !column.is_text()) return {};  // All would be read for nothing.
  Result<ReaderCall> call = reader_call(reader);
  if (!call) return {};
  if (!call->files.empty() && !call->files.front().column.empty()) {
    std::erase_if(call->files, [&](const ReaderFiles& file) { return file.column != column.name; });
  }
  const Result<DataTable> table = read_data(*call, places_);
  if (!table) return {};
  return numbered(*table->find(column.name));
}

std::optional<ColumnFacts> DataSource::facts_of(const DataReader& reader, const std::string& column) {
  const DataTable* table = header(reader);
  const Column* found = table == nullptr ? nullptr : table->find(column);
  if (found == nullptr) return std::nullopt;
  ColumnFacts facts;
  facts.is_text = found->is_text();
  facts.element = element_of_column(*found);
  facts.shape = found->shape;
  if (found->is_text()) {
    facts.text_cell = cell_text(*found->why_text, *table);
    facts.text = found->why_text->text;
  }
  if (!found->missing.empty() || !reader.dropping.empty()) {
    const Column kept = without_dropped(*found, *table, reader.dropping);
    facts.has_empty = !kept.missing.empty();
    facts.distinct = distinct_values(reader, kept);
  } else {
    facts.distinct = distinct_values(reader, *found);
  }
  return facts;
}

std::optional<ColumnFacts> DataSource::find_column(const DataReader& reader, const std::string& column) {
  if (given_) {
    const auto known = given_->facts.find(column);
    return known == given_->facts.end() ? std::nullopt : std::optional(known->second);
  }
  std::optional<ColumnFacts> facts = facts_of(reader, column);
  if (facts) answers_.facts.insert_or_assign(column, *facts);
  return facts;
}

std::vector<std::string> DataSource::list_columns(const DataReader& reader) {
  if (given_) return given_->columns;
  std::vector<std::string> names;
  if (const DataTable* table = header(reader)) {
    for (const Column& column : table->columns) names.push_back(column.name);
  }
  return names;
}

void DataSource::examine(const DataDescription& data) {
  std::vector<const DataReader*> readers;
  if (data.from) readers.push_back(&*data.from);
  for (const auto& [part, reader] : data.parts) readers.push_back(&reader);
  bool is_known = !readers.empty();
  for (const DataReader* reader : readers) {
    const DataTable* table = header(*reader);
    is_known = is_known && table != nullptr &&
               std::all_of(table->columns.begin(), table->columns.end(), is_complete);
  }
  if (!is_known) return;
  const Result<LoadedData> loaded = load(data, elements_in_files(data));
  if (!loaded) failures_.push_back(loaded.failure());
}

bool DataSource::found_damage() const {
  return std::any_of(failures_.begin(), failures_.end(),
                     [](const Failure& failure) { return !failure.not_there; });
}

std::map<std::string, Element> DataSource::elements_in_files(const DataDescription& data) {
  std::map<std::string, Element> elements;
  const DataReader* reader = training_reader(data);
  for (const ColumnUse& use : data.columns) {
    Element element = use.is_class ? Element::i32 : Element::f32;
    if (!use.is_class && use.columns.size() == 1 && reader != nullptr) {
      const auto facts = find_column(*reader, use.columns.front());
      if (facts && !facts->is_text) element = facts->element;
    }
    elements[use.input] = element;
  }
  return elements;
}

KnownData DataSource::known(const DataDescription& data, const LearnedColumns& learned) const {
  if (given_) return *given_;
  KnownData known;
  known.learned = learned;
  const DataReader* reader = training_reader(data);
  const auto header = reader == nullptr ? headers_.end() : headers_.find(key_of(*reader));
  if (header != headers_.end() && header->second) {
    for (const Column& column : header->second->columns) known.columns.push_back(column.name);
  }
  for (const ColumnUse& use : data.columns) {
    for (const std::string& column : use.columns) {
      const auto found = answers_.facts.find(column);
      if (found == answers_.facts.end()) continue;
      ColumnFacts facts = found->second;
      facts.text_cell.clear();
      facts.text.clear();
      if (!use.is_class) facts.distinct.clear();  // They may be many, and only classes are numbered by them.
      if (use.is_class || !known.facts.contains(column)) known.facts[column] = std::move(facts);
    }
  }
  return known;
}

const DataReader* training_reader(const DataDescription& data) {
  if (data.from) return &*data.from;
  const auto train = data.parts.find("train");
  return train == data.parts.end() ? nullptr : &train->second;
}

}  // namespace dlc
