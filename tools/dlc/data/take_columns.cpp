#include "tools/dlc/data/take_columns.h"

#include <algorithm>

#include "runtime/data/missing.h"

namespace dlc {

namespace {

template <class To, class From>
std::vector<std::byte> converted(std::span<const From> numbers) {
  std::vector<To> result(numbers.size());
  std::transform(numbers.begin(), numbers.end(), result.begin(),
                 [](From value) { return static_cast<To>(value); });
  return bytes_of(std::span<const To>(result));
}

/// Number columns next to each other in one: [a, b, c] for each example.
Column side_by_side(const std::vector<Column>& columns, const std::string& name) {
  Column result;
  result.name = name;
  result.element = ElementType::f32;
  result.shape = {static_cast<std::int64_t>(columns.size())};
  result.count = columns.front().count;
  std::vector<float> rows(static_cast<std::size_t>(result.count) * columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    for (std::int64_t row = 0; row < result.count; ++row) {
      rows[static_cast<std::size_t>(row) * columns.size() + c] =
          static_cast<float>(number_at(columns[c], row));
    }
    result.missing.insert(result.missing.end(), columns[c].missing.begin(), columns[c].missing.end());
  }
  result.data = bytes_of(std::span<const float>(rows));
  return result;
}

Result<void> learn_means(const ColumnUse& use, const DataTable& training, LearnedColumns& learned) {
  if (use.missing != ColumnUse::Missing::mean) return {};
  for (const std::string& name : use.columns) {
    const std::optional<double> mean = mean_of_present(*training.find(name));
    if (!mean) {
      return at_use({.what = "column " + name + " is empty in the training part: it has no mean", .file = {}},
                    use);
    }
    learned.means[name] = *mean;
  }
  return {};
}

Failure not_learned(const std::string& what, const ColumnUse& use) {
  return at_use({.what = "these weights do not say " + what + ": train again", .file = {}}, use);
}

Result<Column> without_missing(Column column, const ColumnUse& use, const DataTable& table,
                               const LearnedColumns& learned) {
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
      // Weights of an earlier text of the file may know nothing of it.
      const auto mean = learned.means.find(column.name);
      if (mean == learned.means.end())
        return not_learned("the mean of column " + column.name + ", which `missing mean` takes", use);
      fill_missing(column, mean->second);
      break;
    }
    case ColumnUse::Missing::drop: break;
  }
  return column;
}

/// The table's columns of one use: cells filled, columns put together.
Result<Column> whole_column(const ColumnUse& use, const DataTable& table, const LearnedColumns& learned) {
  std::vector<Column> columns;
  for (const std::string& name : use.columns) {
    Result<Column> column = without_missing(*table.find(name), use, table, learned);
    if (!column) return column;
    columns.push_back(*std::move(column));
  }
  return columns.size() == 1 ? std::move(columns.front()) : side_by_side(columns, use.input);
}

ClassRule rule_of(const ColumnUse& use) {
  return {use.classes_are_given ? std::optional(use.classes) : std::nullopt, use.names};
}

}  // namespace

std::vector<std::string> LearnedColumns::names_of(const std::string& input) const {
  const auto found = classes.find(input);
  return found == classes.end() ? std::vector<std::string>{} : found->second.names;
}

Failure at_use(const Failure& failure, const ColumnUse& use) {
  if (!failure.file.empty()) return failure;
  return {.what = failure.what, .file = use.place.file, .line = use.place.line, .column = use.place.column};
}

Result<void> learn(const ColumnUse& use, const DataTable& training, const SearchPlaces& places,
                   LearnedColumns& learned) {
  if (Result<void> means = learn_means(use, training, learned); !means) return means;
  if (!use.is_class) return {};
  const Result<Column> column = whole_column(use, training, learned);
  if (!column) return column.failure();
  ClassRule rule = rule_of(use);
  if (use.names_file) {
    const Result<std::vector<std::filesystem::path>> file = find_data_files(*use.names_file, places);
    if (!file) return file.failure();
    Result<std::vector<std::string>> names = read_names(file->front());
    if (!names) return names.failure();
    rule.names = *std::move(names);
  }
  Result<ClassNumbering> numbering = number_classes(*column, rule);
  if (!numbering) return at_use(numbering.failure(), use);
  if (numbering->count > use.classes) {
    const std::string found = std::to_string(numbering->count);
    return at_use(Failure{.what = "there are " + found +
                                  " classes in the data, which the net could not know: it is made for " +
                                  std::to_string(use.classes) + "; write class[" + found + "]",
                          .file = {}},
                  use);
  }
  learned.classes[use.input] = *std::move(numbering);
  return {};
}

Result<std::vector<std::int32_t>> strata_of(const ColumnUse& use, const DataTable& table) {
  LearnedColumns learned;
  if (Result<void> means = learn_means(use, table, learned); !means) return means.failure();
  const Result<Column> column = whole_column(use, table, learned);
  if (!column) return column.failure();
  const Result<ClassNumbering> numbering = number_classes(*column, rule_of(use));
  if (!numbering) return at_use(numbering.failure(), use);
  Result<std::vector<std::int32_t>> classes = classes_of(*column, *numbering, "train");
  if (!classes) return at_use(classes.failure(), use);
  return classes;
}

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

Result<Column> take_columns(const ColumnUse& use, const DataTable& table, const std::string& part,
                            const LearnedColumns& learned, Element element) {
  Result<Column> column = whole_column(use, table, learned);
  if (!column) return column;
  if (use.is_class) {
    const auto numbering = learned.classes.find(use.input);
    if (numbering == learned.classes.end())
      return not_learned("how the classes of " + use.input + " are numbered", use);
    const Result<std::vector<std::int32_t>> classes = classes_of(*column, numbering->second, part);
    if (!classes) return classes.failure();
    column->text.clear();
    column->why_text.reset();
    column->element = ElementType::i32;
    column->data = bytes_of(std::span<const std::int32_t>(*classes));
  }
  return as_element(*std::move(column), element);
}

}  // namespace dlc
