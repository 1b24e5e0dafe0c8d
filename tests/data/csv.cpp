#include "runtime/data/readers/csv.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

#include "runtime/data/readers/csv_cells.h"
#include "tests/files/temporary_folder.h"

using namespace dlc;

namespace {

ReaderCall csv_call() {
  return {.reader = "csv", .files = {}, .names = {}, .separator = ',', .missing = {}};
}

DataTable read(const std::string& content, const ReaderCall& call = csv_call()) {
  const TemporaryFolder folder;
  auto table = read_csv_file(folder.put("t.csv", content), call);
  INFO(content);
  REQUIRE(table);
  return *std::move(table);
}

std::string failure_of(const std::string& content, const ReaderCall& call = csv_call()) {
  const TemporaryFolder folder;
  const auto table = read_csv_file(folder.put("t.csv", content), call);
  INFO(content);
  REQUIRE_FALSE(table);
  return without_folder(one_line(table.failure()), folder);
}

template <class Number>
std::vector<Number> numbers(const DataTable& table, std::string_view name) {
  REQUIRE(table.find(name) != nullptr);
  const auto span = numbers_of<Number>(*table.find(name));
  return {span.begin(), span.end()};
}

using Texts = std::vector<std::string>;
using Floats = std::vector<float>;
using Integers = std::vector<std::int32_t>;

}  // namespace

TEST_CASE("columns are integers, numbers or text by their cells", "[data][csv]") {
  const DataTable table = read(
      "count,size,kind,mixed,big\n"
      "1,0.5,red,1,2147483648\n"
      " -2 ,1e3,\"blue, or \"\"teal\"\"\",x,1\n"
      "+3,-.25,green,2,1\n");
  CHECK(table.count == 3);
  CHECK(numbers<std::int32_t>(table, "count") == Integers{1, -2, 3});
  CHECK(numbers<float>(table, "size") == Floats{0.5F, 1000, -0.25F});
  CHECK(table.find("kind")->text == Texts{"red", "blue, or \"teal\"", "green"});
  CHECK(table.find("mixed")->text == Texts{"1", "x", "2"});
  CHECK(table.find("mixed")->why_text == TextCell{.text = "x", .file = 0, .line = 3, .column = 30});
  CHECK(table.find("big")->element == ElementType::f32);
  CHECK(table.find("none") == nullptr);
  for (const char* no_number :
       {"nan", "inf", "-inf", "0x10", "1 2", "1,5", "--1", "+", "+-1", ".", "e5", "1e"}) {
    const DataTable text = read("a;b\n" + std::string(no_number) + ";1\n", [] {
      ReaderCall call = csv_call();
      call.separator = ';';
      return call;
    }());
    INFO(no_number);
    CHECK(text.find("a")->is_text());
  }
  CHECK(numbers<float>(read("a\n1e-400\n1e-40\n"), "a") == Floats{0, 1e-40F});
  CHECK(failure_of("a,b\n1,2\n1,3e39\n") == "t.csv:3:3: 3e39 is too large for a 32-bit number");
  CHECK(failure_of("a\n1e999\n") == "t.csv:2:1: 1e999 is too large for a 32-bit number");
}

TEST_CASE("line ends, byte order marks, empty lines and newlines within quotes", "[data][csv]") {
  CHECK(numbers<std::int32_t>(read("\xef\xbb\xbf"
                                   "a,b\r\n1,2\r\n\r\n3,4"),
                              "a") == Integers{1, 3});
  CHECK(numbers<std::int32_t>(read("\n\na\n1\n\n2\n\n"), "a") == Integers{1, 2});
  const DataTable table = read("\"a\"\"b\",c\n\"x\r\ny\n\",1\n\"\",2\n");
  CHECK(table.find("a\"b")->text == Texts{"x\r\ny\n", ""});
  CHECK(table.find("a\"b")->missing ==
        std::vector<MissingCell>{{.example = 1, .file = 0, .line = 5, .column = 1}});
  CHECK(numbers<std::int32_t>(table, "c") == Integers{1, 2});
}

TEST_CASE("a file without a header has its names from the call", "[data][csv]") {
  ReaderCall call = csv_call();
  call.names = {"x", "kind"};
  call.separator = '\t';
  const DataTable table = read("1\tred\n2\tblue\n", call);
  CHECK(numbers<std::int32_t>(table, "x") == Integers{1, 2});
  CHECK(table.find("kind")->text == Texts{"red", "blue"});
  CHECK(failure_of("1\tred\n2\n", call) == "t.csv:2:1: this row has 1 cell, but names gives 2");
}

TEST_CASE("empty cells and their markers are remembered with their places", "[data][csv]") {
  ReaderCall call = csv_call();
  call.missing = {"?", "n/a"};
  const DataTable table = read("a,b,c\n1,,x\n?,2.5,\" \"\nn/a, ,? \n", call);
  CHECK(numbers<std::int32_t>(table, "a") == Integers{1, 0, 0});
  const auto missing = [&](const char* name) { return table.find(name)->missing; };
  CHECK(missing("a") == std::vector<MissingCell>{{1, 0, 3, 1}, {2, 0, 4, 1}});
  CHECK(missing("b") == std::vector<MissingCell>{{0, 0, 2, 3}, {2, 0, 4, 5}});
  CHECK(missing("c") == std::vector<MissingCell>{{1, 0, 3, 7}, {2, 0, 4, 7}});
  CHECK(table.find("c")->text == Texts{"x", "", ""});
}

TEST_CASE("what is wrong in a table is said with its line and column", "[data][csv]") {
  CHECK(failure_of("") == "t.csv: the file is empty");
  CHECK(failure_of("\n\r\n") == "t.csv: the file has no rows, only line ends");
  CHECK(failure_of("a,b\n") == "t.csv: the file has a header, but no rows");
  CHECK(failure_of("a,b\n1,2\n3\n") == "t.csv:3:1: this row has 1 cell, but the header has 2");
  CHECK(failure_of("a,b\n1,2\n3,4,5\n") == "t.csv:3:5: this row has 3 cells, but the header has 2");
  CHECK(failure_of("a,b\n1,2,\n") == "t.csv:2:5: this row has 3 cells, but the header has 2");
  CHECK(failure_of("a,b,a\n1,2,3\n") == "t.csv:1:5: two columns are named \"a\", the first at column 1");
  CHECK(failure_of("a,b\n1,\"x\n2,y\n") == "t.csv:2:3: this quote is not closed");
  CHECK(failure_of("a,b\n1,\"") == "t.csv:2:3: this quote is not closed");
  CHECK(failure_of("a,b\n1,\"x\"y\n") ==
        "t.csv:2:6: text after the closing quote: write a quote within a cell twice");
  CHECK(failure_of("a,b\n1,5\" wide\n") ==
        "t.csv:2:4: a quote within a cell: put the cell in quotes, and write the quote in it twice");
  CHECK(failure_of("a,b\n\xc3\xa4,\"\xc3\xa4\"y\n") ==
        "t.csv:2:6: text after the closing quote: write a quote within a cell twice");
  CHECK(failure_of("a,b\r1,2\r") ==
        "t.csv:1:4: a carriage return without a line feed; save the file with LF or CRLF line ends");
  CHECK(failure_of("a,b\n1,caf\xe9\n") == "t.csv:2:6: this byte is no UTF-8; save the file as UTF-8");
  for (const char* bad : {"\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                          "\xf5", "\xe2\x82"}) {
    CHECK(failure_of("a\n" + std::string(bad) + "\n") ==
          "t.csv:2:1: this byte is no UTF-8; save the file as UTF-8");
  }
  CHECK(failure_of(std::string("a\n\0\n", 4)) == "t.csv:2:1: a zero byte: this is no table of text");
  CHECK(failure_of(std::string("\xff\xfe"
                               "a\0",
                               4)) == "t.csv: the file is UTF-16; save it as UTF-8 (at byte 0)");
  CHECK(failure_of("<html><body>") == "t.csv: this is a web page, not a table of text");
}

namespace {

std::string random_cell(std::mt19937_64& random) {
  static const Texts letters = {
      "a", "7", ",", "\"", "\n", "\r\n", " ", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "-", ".", "\r"};
  std::string cell;
  for (std::size_t length = random() % 6; length > 0; --length) cell += letters[random() % letters.size()];
  return cell;
}

std::string written(const std::string& cell, std::mt19937_64& random) {
  const bool must = cell.find_first_of(",\"\r\n") != std::string::npos || cell.empty();
  if (!must && random() % 2 == 0) return cell;
  std::string text = "\"";
  for (const char letter : cell) text += letter == '"' ? "\"\"" : std::string(1, letter);
  return text + "\"";
}

}  // namespace

TEST_CASE("any table of cells that is written comes back", "[data][csv][law]") {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    std::mt19937_64 random(seed);
    INFO("seed " << seed);
    const std::size_t columns = 1 + random() % 4;
    const std::size_t rows = 1 + random() % 5;
    const std::string line_end = random() % 2 == 0 ? "\n" : "\r\n";
    std::vector<Texts> table;
    std::string text = random() % 4 == 0 ? "\xef\xbb\xbf" : "";
    for (std::size_t row = 0; row < rows; ++row) {
      table.emplace_back();
      for (std::size_t i = 0; i < columns; ++i) {
        table.back().push_back(random_cell(random));
        text += (i > 0 ? "," : "") + written(table.back().back(), random);
      }
      if (row + 1 < rows || random() % 2 == 0) text += line_end;
    }
    const auto read_rows = csv_rows(text, ',', "t.csv");
    REQUIRE(read_rows);
    REQUIRE(read_rows->size() == rows);
    for (std::size_t row = 0; row < rows; ++row) {
      Texts cells;
      for (const CsvCell& cell : (*read_rows)[row]) cells.push_back(cell.text);
      CHECK(cells == table[row]);
    }
  }
}

TEST_CASE("a table cut off or changed anywhere ends in a table or a message", "[data][csv][fuzz]") {
  const std::string whole = "a,\"b \"\"c\"\"\",d\r\n1,2.5,\"x\ny\"\n,3,\"\"\n";
  const TemporaryFolder folder;
  const auto check = [&](const std::string& content) {
    const auto table = read_csv_file(folder.put("t.csv", content), csv_call());
    if (table) {
      for (const Column& column : table->columns) CHECK(column.count == table->count);
    } else {
      CHECK(one_line(table.failure()).starts_with((folder / "t.csv").string() + ":"));
    }
  };
  for (std::size_t size = 0; size <= whole.size(); ++size) check(whole.substr(0, size));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char letter : {'\0', '"', ',', '\n', '\r', '\xff', 'x', '9'}) {
      std::string changed = whole;
      changed[at] = letter;
      check(changed);
    }
  }
}

TEST_CASE("numbers come back to the bit", "[data][csv][law]") {
  std::mt19937_64 random(7);
  std::vector<float> floats;
  std::string text = "x\n0.5\n";
  for (int i = 0; i < 2000; ++i) {
    const auto bits = static_cast<std::uint32_t>(random());
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!(std::abs(value) < 3e38F)) continue;
    floats.push_back(value);
    char cell[40];
    std::snprintf(cell, sizeof cell, "%.9g\n", static_cast<double>(value));
    text += cell;
  }
  floats.insert(floats.begin(), 0.5F);
  CHECK(numbers<float>(read(text), "x") == floats);
}

TEST_CASE("several files make one table", "[data][csv]") {
  const TemporaryFolder folder;
  folder.put("a1.csv", "x,k\n1,red\n,blue\n");
  folder.put("a2.csv", "k,x\ngreen,2.5\n,3\n");
  folder.put("b2.csv", "k,x\ngreen,big\n");
  folder.put("c2.csv", "k\ngreen\n");
  folder.put("d2.csv", "k,y\ngreen,1\n");
  const SearchPlaces places{{folder.path()}};
  ReaderCall call = csv_call();
  const auto both = [&](const char* pattern) {
    call.files = {{"", pattern}};
    return read_data(call, places);
  };
  const auto table = both("a*.csv");
  REQUIRE(table);
  CHECK(table->count == 4);
  CHECK(numbers<float>(*table, "x") == Floats{1, 0, 2.5F, 3});
  CHECK(table->find("k")->text == Texts{"red", "blue", "green", ""});
  CHECK(table->find("x")->missing == std::vector<MissingCell>{{1, 0, 3, 1}});
  CHECK(table->find("k")->missing == std::vector<MissingCell>{{3, 1, 3, 1}});
  const auto said = [&](const char* pattern) {
    const auto failed = both(pattern);
    REQUIRE_FALSE(failed);
    return without_folder(one_line(failed.failure()), folder);
  };
  CHECK(said("{a1,b2}.csv") == "b2.csv:2:7: the column \"x\" is text, but numbers in the files before");
  CHECK(said("{b2,a1}.csv") == "a1.csv: the column \"x\" is numbers, but text in the files before");
  CHECK(said("{a1,c2}.csv") == "c2.csv: this file has 1 column, the files before have 2");
  CHECK(said("{a1,d2}.csv") == "d2.csv: there is no column \"x\", which the files before have");
}
