#include "tools/dlc/data/given_examples.h"

#include <algorithm>

#include "runtime/data/readers/csv.h"
#include "runtime/data/readers/csv_cells.h"
#include "runtime/data/readers/png.h"
#include "runtime/files/input_file.h"
#include "runtime/report/format.h"

namespace dlc {

namespace {

using Uses = std::vector<const ColumnUse*>;

Failure of_file(std::string what, const std::string& file) {
  return {.what = std::move(what), .file = file};
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) text += (i > 0 ? ", " : "") + names[i];
  return names.size() > most ? text + " and " + std::to_string(names.size() - most) + " more" : text;
}

bool is_image(const ColumnUse& use) {
  return !use.is_class && use.columns.size() == 1 && use.shape.size() >= 2;
}

/// Whether nothing stands for an empty cell; that the data leave an example out helps no prediction.
bool is_needed(const ColumnUse& use) {
  return use.missing == ColumnUse::Missing::is_an_error || use.missing == ColumnUse::Missing::drop;
}

bool stands_in_table(const ColumnUse& use) {
  return use.columns.size() > 1 || use.shape.empty();
}

Uses wanted_uses(const DataDescription& data, const std::map<std::string, Element>& elements) {
  Uses uses;
  for (const ColumnUse& use : data.columns) {
    if (elements.contains(use.input)) uses.push_back(&use);
  }
  return uses;
}

/// 32 x 32 in colour
std::string size_text(std::int64_t height, std::int64_t width, std::int64_t channels) {
  const std::string colours = channels == 1   ? " in grey"
                              : channels == 3 ? " in colour"
                                              : " with " + std::to_string(channels) + " channels";
  return std::to_string(height) + " x " + std::to_string(width) + colours;
}

/// An IDX file's images have no channels: they are grey.
std::string size_text(const Shape& shape) {
  if (shape.size() > 3) return shape_text(shape);
  return size_text(shape[0], shape[1], shape.size() == 3 ? shape[2] : 1);
}

/// As the data's reader reads images: with the size it is told, else as they are.
Result<Image> read_image(const std::string& file, const std::vector<std::int64_t>& size) {
  const Result<std::string> bytes = read_whole(file);
  if (!bytes) return bytes.failure();
  Result<Image> image = decode_png(std::as_bytes(std::span(*bytes)), file);
  if (image && !size.empty()) *image = resized(*image, size[0], size[1]);
  return image;
}

class Reading {
 public:
  Reading(const DataDescription& data, const KnownData& known, const std::map<std::string, Element>& elements)
      : known_(known), elements_(elements), uses_(wanted_uses(data, elements)) {
    given_.part.name = "given";
  }

  Result<GivenExamples> read(const std::vector<std::string>& files, const ReaderCall& call) {
    const bool images =
        std::any_of(uses_.begin(), uses_.end(), [](const auto* use) { return is_image(*use); });
    if (images && uses_.size() > 1)
      return Failure{
          .what = "the net reads " + listed(inputs()) +
                  ", and no single file has them all: --index N predicts for an example of the data",
          .file = {}};
    for (const std::string& file : files) {
      Result<void> done = images ? add_image(file, call) : add_table(file, call);
      if (!done) return done.failure();
    }
    return std::move(given_);
  }

 private:
  std::vector<std::string> inputs() const {
    std::vector<std::string> names;
    for (const ColumnUse* use : uses_) names.push_back(use->input);
    return names;
  }

  Result<void> add_image(const std::string& file, const ReaderCall& call) {
    const ColumnUse& use = *uses_.front();
    if (Result<void> said = check_known(use); !said) return said;
    const auto facts = known_.facts.find(use.columns.front());
    if (facts != known_.facts.end() && facts->second.element != Element::u8)
      return of_file(use.input + " is no image of bytes: --index N predicts for an example of the data",
                     file);
    Result<Image> image = read_image(file, call.size);
    if (!image) return image.failure();
    Shape wanted = use.shape;
    if (wanted.size() == 2) wanted.push_back(1);
    if (image->shape() != wanted) {
      const bool other_colours = wanted.size() == 3 && image->channels != wanted[2];
      return of_file("the image is " + size_text(image->height, image->width, image->channels) +
                         ", the net reads " + size_text(use.shape) +
                         (other_colours ? ": convert it first" : ": bring it to that size first"),
                     file);
    }
    Column column;
    column.name = use.columns.front();
    column.shape = use.shape;
    column.count = 1;
    column.data = std::move(image->pixels);
    add(use, as_element(std::move(column), elements_.at(use.input)));
    given_.part.count += 1;
    given_.sources.push_back({file, std::nullopt});
    return {};
  }

  Result<void> add_table(const std::string& file, ReaderCall call) {
    if (Result<void> readable = can_be_table(file, call); !readable) return readable;
    const Result<DataTable> table = read_csv_file(file, call);
    if (!table) return table.failure();
    for (const ColumnUse* use : uses_) {
      if (Result<void> said = check_known(*use); !said) return said;
      if (Result<void> there = check_columns(*use, *table, file); !there) return there;
      const Result<Column> column =
          take_columns(*use, *table, file, known_.learned, elements_.at(use->input));
      if (!column)
        return column.failure().file.empty() ? of_file(column.failure().what, file) : column.failure();
      add(*use, *column);
    }
    for (std::int64_t example = 0; example < table->count; ++example)
      given_.sources.push_back({file, example});
    given_.part.count += table->count;
    return {};
  }

  /// Leaves out of the call the names of columns where the file says them itself.
  Result<void> can_be_table(const std::string& file, ReaderCall& call) const {
    for (const ColumnUse* use : uses_) {
      if (!stands_in_table(*use))
        return of_file("the net reads " + use->input + " " + shape_text(use->shape) +
                           ", which stands in no CSV file: --index N predicts for an example of the data",
                       file);
    }
    const Result<std::string> text = read_whole(file);
    if (!text) return text.failure();
    if (text->starts_with("\x89PNG"))
      return of_file("this is a PNG image, but the net reads the columns of a CSV file: " + listed(columns()),
                     file);
    if (call.names.empty()) return {};
    const Result<std::vector<CsvRow>> first =
        csv_rows(std::string_view(*text).substr(0, text->find('\n')), call.separator, file);
    const auto is_name = [&](const CsvCell& cell) {
      return std::find(call.names.begin(), call.names.end(), cell.text) != call.names.end();
    };
    if (first && first->size() == 1 && std::all_of(first->front().begin(), first->front().end(), is_name))
      call.names.clear();
    return {};
  }

  std::vector<std::string> columns() const {
    std::vector<std::string> names;
    for (const ColumnUse* use : uses_) names.insert(names.end(), use->columns.begin(), use->columns.end());
    return names;
  }

  /// The file may be another one than when the weights were trained.
  Result<void> check_known(const ColumnUse& use) const {
    const auto not_known = [&](const std::string& what) {
      return at_use({.what = "these weights " + what + ": train again", .file = {}}, use);
    };
    for (const std::string& column : use.columns) {
      if (!known_.facts.contains(column)) return not_known("do not say how column " + column + " was read");
    }
    const auto numbering = known_.learned.classes.find(use.input);
    if (!use.is_class || numbering == known_.learned.classes.end()) return {};
    if (numbering->second.count <= use.classes) return {};
    return not_known("were trained with " + counted(numbering->second.count, "class", "classes") + " of " +
                     use.input + ", the file has " + std::to_string(use.classes));
  }

  static Result<void> check_columns(const ColumnUse& use, const DataTable& table, const std::string& file) {
    for (const std::string& name : use.columns) {
      const Column* column = table.find(name);
      if (column == nullptr) {
        std::vector<std::string> there;
        for (const Column& each : table.columns) there.push_back(each.name);
        return of_file("there is no column " + name + ", which the net reads; there are " + listed(there),
                       file);
      }
      if (column->is_text() && !use.is_class) {
        const TextCell& cell = *column->why_text;
        return Failure{
            .what = "\"" + cell.text + "\" is no number, and the column " + name + " is of numbers",
            .file = file,
            .line = cell.line,
            .column = cell.column};
      }
      if (is_needed(use) && !column->missing.empty()) {
        const MissingCell& cell = column->missing.front();
        return Failure{.what = "an empty cell in the column " + name +
                               ", and the data block says of none what to take for it",
                       .file = file,
                       .line = cell.line,
                       .column = cell.column};
      }
    }
    return {};
  }

  void add(const ColumnUse& use, const Column& column) {
    const auto [all, is_new] = given_.part.columns.try_emplace(use.input, column);
    if (is_new) return;
    all->second.data.insert(all->second.data.end(), column.data.begin(), column.data.end());
    all->second.count += column.count;
  }

  const KnownData& known_;
  const std::map<std::string, Element>& elements_;
  Uses uses_;
  GivenExamples given_;
};

}  // namespace

Result<GivenExamples> read_given(const std::vector<std::string>& files, const DataDescription& data,
                                 const KnownData& known, const std::map<std::string, Element>& elements) {
  ReaderCall call;
  if (const DataReader* reader = training_reader(data)) {
    Result<ReaderCall> own = reader_call(*reader);
    if (!own) return own.failure();
    call = *std::move(own);
  }
  return Reading(data, known, elements).read(files, call);
}

std::string name_of_source(const DataDescription& data, const std::map<std::string, Element>& elements) {
  const Uses uses = wanted_uses(data, elements);
  if (uses.size() == 1 && is_image(*uses.front())) return "photo.png";
  const bool table =
      std::all_of(uses.begin(), uses.end(), [](const auto* use) { return stands_in_table(*use); });
  return table ? "table.csv" : "";
}

}  // namespace dlc
