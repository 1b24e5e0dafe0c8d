#include "runtime/report/curve.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "runtime/report/axis.h"

using namespace dlc;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

History history_of(std::vector<std::string> columns, const std::vector<std::vector<double>>& rows) {
  History history;
  history.columns = std::move(columns);
  for (const auto& values : rows) {
    HistoryRow row{.epoch = static_cast<std::int64_t>(history.rows.size()) + 1,
                   .step = 0,
                   .seconds = 0,
                   .values = {},
                   .tensors = {}};
    row.step = row.epoch * 100;
    row.values.assign(values.begin(), values.end());
    history.rows.push_back(std::move(row));
  }
  return history;
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Tags open and close in order, entities are known, all coordinates are numbers. Fails the test where they
// are not.
void check_well_formed(const std::string& svg) {
  std::vector<std::string> open;
  for (std::size_t at = svg.find('<'); at != std::string::npos; at = svg.find('<', at + 1)) {
    const std::size_t end = svg.find('>', at);
    REQUIRE(end != std::string::npos);
    const std::string tag = svg.substr(at + 1, end - at - 1);
    REQUIRE_FALSE(tag.empty());
    const std::string name = tag.substr(tag[0] == '/' ? 1 : 0, tag.find(' ') - (tag[0] == '/' ? 1 : 0));
    if (tag[0] == '/') {
      REQUIRE_FALSE(open.empty());
      CHECK(open.back() == name);
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(name);
    }
  }
  CHECK(open.empty());
  for (std::size_t at = svg.find('&'); at != std::string::npos; at = svg.find('&', at + 1)) {
    const std::string entity = svg.substr(at, svg.find(';', at) - at + 1);
    CHECK((entity == "&amp;" || entity == "&lt;" || entity == "&gt;" || entity == "&quot;"));
  }
  for (const char* member :
       {" x=\"", " y=\"", " x1=\"", " y1=\"", " x2=\"", " y2=\"", " cx=\"", " cy=\"", " d=\""}) {
    for (std::size_t at = svg.find(member); at != std::string::npos; at = svg.find(member, at + 1)) {
      const std::size_t begin = at + std::string_view(member).size();
      const std::string value = svg.substr(begin, svg.find('"', begin) - begin);
      INFO(value);
      CHECK(value.find_first_not_of("-0123456789. MLlm") == std::string::npos);
      CHECK_FALSE(value.empty());
    }
  }
}

}  // namespace

TEST_CASE("the axis of values has round ticks and room for all", "[report][axis][law]") {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    std::mt19937_64 random(seed);
    const auto any = [&] {
      const double digits = static_cast<double>(random() % 2000) / 1000 - 1;
      return digits * std::pow(10.0, static_cast<double>(random() % 40) - 20);
    };
    const double a = any();
    const double b = random() % 8 == 0 ? a : any();
    INFO("seed " << seed << ": " << a << " " << b);
    const CurveAxis axis = value_axis(std::min(a, b), std::max(a, b));
    CHECK(axis.low < axis.high);
    CHECK(place_on(axis, a) >= -1e-9);
    CHECK(place_on(axis, b) <= 1 + 1e-9);
    CHECK(axis.ticks.size() >= (axis.logarithmic ? 2 : 4));
    CHECK(axis.ticks.size() <= 10);
    for (std::size_t i = 0; i < axis.ticks.size(); ++i) {
      CHECK(place_on(axis, axis.ticks[i].value) >= -1e-6);
      CHECK(place_on(axis, axis.ticks[i].value) <= 1 + 1e-6);
      CHECK(axis.ticks[i].label.size() <= 10);
      if (i > 0) CHECK(axis.ticks[i].value > axis.ticks[i - 1].value);
      if (i > 0) CHECK(axis.ticks[i].label != axis.ticks[i - 1].label);
    }
  }
}

TEST_CASE("labels of axes", "[report][axis]") {
  const auto labels = [](const CurveAxis& axis) {
    std::vector<std::string> result;
    for (const AxisTick& tick : axis.ticks) result.push_back(tick.label);
    return result;
  };
  using Texts = std::vector<std::string>;
  CHECK(labels(value_axis(0.3, 1.4)) == Texts{"0.4", "0.6", "0.8", "1.0", "1.2", "1.4"});
  CHECK(labels(value_axis(0.5, 0.97)) == Texts{"0.5", "0.6", "0.7", "0.8", "0.9"});
  CHECK(labels(value_axis(0.2, 1.0)) == Texts{"0.2", "0.4", "0.6", "0.8", "1.0"});
  CHECK(labels(value_axis(-1, 1)) == Texts{"-1.0", "-0.5", "0", "0.5", "1.0"});
  CHECK(labels(value_axis(0.001, 2)) == Texts{"0.001", "0.01", "0.1", "1"});
  CHECK(labels(value_axis(100000, 1200000)) == Texts{"2e5", "4e5", "6e5", "8e5", "1.0e6", "1.2e6"});
  CHECK(labels(value_axis(0, 0)) == Texts{"0", "0.2", "0.4", "0.6", "0.8", "1.0"});
  CHECK(value_axis(1e-300, 1e-300).high < 10);
  CHECK(value_axis(1e-240, 1e250).logarithmic);
  CHECK(labels(count_axis(1, 10, 10)) == Texts{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"});
  CHECK(labels(count_axis(1, 100, 10)) ==
        Texts{"1", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100"});
  CHECK(labels(count_axis(1, 1, 10)) == Texts{"1"});
  CHECK(labels(count_axis(500, 3000, 6)) == Texts{"500", "1,000", "1,500", "2,000", "2,500", "3,000"});
}

TEST_CASE("a run's columns become frames", "[report][curve]") {
  History history =
      history_of({"train.loss", "valid.loss", "train.accuracy", "valid.accuracy", "test.accuracy"},
                 {{2, 2.1, 0.3, 0.2, 0}, {1, 1.1, 0.6, 0.5, 0}, {0.5, 1.2, 0.8, 0.7, 0.65}});
  history.rows[0].values[4].reset();
  history.rows[1].values[4].reset();
  const Curve curve = curve_of(history, "run-001", 200);
  CHECK(curve.kept == 2.0);
  CHECK(curve.x_name == "epoch");
  REQUIRE(curve.frames.size() == 2);
  CHECK(curve.frames[0].quantity == "loss");
  CHECK(curve.frames[0].lines.size() == 2);
  REQUIRE(curve.frames[1].lines.size() == 3);
  CHECK(curve.frames[1].lines[2].name == "test");
  CHECK(curve.frames[1].lines[2].points.size() == 1);
  const std::string svg = curve_svg(curve);
  check_well_formed(svg);
  CHECK(count_of(svg, "<path class=\"line ") == 5);
  CHECK(count_of(svg, "class=\"kept\"") == 2);
  CHECK(count_of(svg, "class=\"ring valid\"") == 2);
  CHECK(svg.find("kept: epoch 2") != std::string::npos);
  CHECK(svg.find("prefers-color-scheme:dark") != std::string::npos);
}

TEST_CASE("several runs stand in one picture, a frame for each column", "[report][curve]") {
  const std::vector<PlottedRun> runs = {
      {"a-001",
       history_of({"train.loss", "train.accuracy", "valid.loss", "valid.accuracy"},
                  {{2, 0.3, 2.1, 0.2}, {1, 0.6, 1.1, 0.5}}),
       200},
      {"a-002 rate=0.5 & more", history_of({"train.loss", "valid.loss", "valid.error"}, {{3, 3.1, 0.9}}), {}},
  };
  const Curve curve = curve_of_runs(runs, "2 runs");
  CHECK(curve.x_name == "epoch");
  CHECK_FALSE(curve.kept);
  std::vector<std::string> names;
  for (const CurveFrame& frame : curve.frames) names.push_back(frame.quantity);
  CHECK(names == std::vector<std::string>{"train.loss", "valid.loss", "train.accuracy", "valid.accuracy",
                                          "valid.error"});
  REQUIRE(curve.frames[0].lines.size() == 2);
  CHECK(curve.frames[1].lines[0].ringed == 2.0);
  CHECK_FALSE(curve.frames[0].lines[0].ringed);
  REQUIRE(curve.frames[4].lines.size() == 1);
  CHECK(curve.frames[4].lines[0].run == std::size_t{1});
  const std::string svg = curve_svg(curve);
  check_well_formed(svg);
  CHECK(count_of(svg, "<path class=\"line run-0\"") == 4);
  CHECK(count_of(svg, "<path class=\"line run-1\"") == 3);
  CHECK(count_of(svg, "class=\"ring run-0\"") == 2);
  CHECK(count_of(svg, ">a-001</text>") == 1);
  CHECK(count_of(svg, ">a-002 rate=0.5 &amp; more</text>") == 1);
}

TEST_CASE("more runs than colours are told apart by broken lines, and all names have room",
          "[report][curve]") {
  std::vector<PlottedRun> runs;
  for (int i = 0; i < 40; ++i)
    runs.push_back({"run-" + std::to_string(i) + " with=some constant=values",
                    history_of({"valid.loss"}, {{1.0 * i}, {2.0 * i}}),
                    {}});
  runs.push_back({"by steps", history_of({"valid.loss"}, {{1}, {2}}), {}});
  runs.back().history.rows[1].epoch = 1;
  const Curve curve = curve_of_runs(runs, "runs");
  CHECK(curve.x_name == "step");
  const std::string svg = curve_svg(curve);
  check_well_formed(svg);
  CHECK(count_of(svg, "run-0 again\" d=") == 5);
  CHECK(count_of(svg, "class=\"value\">") == runs.size());
  CHECK(curve_svg(curve_of_runs({}, "nothing")).find("nothing") != std::string::npos);
}

TEST_CASE("several rows an epoch are drawn over steps", "[report][curve]") {
  History history = history_of({"valid.loss"}, {{3}, {2}, {1}});
  for (HistoryRow& row : history.rows) row.epoch = 1;
  const Curve curve = curve_of(history, "gpt-001", 200);
  CHECK(curve.x_name == "step");
  CHECK(curve.kept == 200.0);
  CHECK(curve.frames[0].lines[0].points[1].x == 200);
}

TEST_CASE("a picture is sound for any history", "[report][curve]") {
  check_well_formed(curve_svg(Curve{}));
  check_well_formed(curve_svg(curve_of(History{}, "<a & \"b\">", 100)));
  for (const double value : {0.0, 1.0, -1.0, not_a_number, infinite, -infinite, 1e308, -1e308, 5e-324}) {
    for (const double other : {0.0, 1.0, not_a_number, infinite, 1e249, 1e-249}) {
      INFO(value << " " << other);
      check_well_formed(
          curve_svg(curve_of(history_of({"train.loss", "valid.loss"}, {{value, other}}), "r", 100)));
      check_well_formed(
          curve_svg(curve_of(history_of({"train.loss"}, {{value}, {other}, {value}, {other}}), "r", 200)));
    }
  }
  const std::string svg =
      curve_svg(curve_of(history_of({"train.loss"}, {{1}, {not_a_number}, {2}, {3}, {infinite}}), "r", {}));
  CHECK(count_of(svg, "class=\"bad\"") == 1);
  CHECK(count_of(svg, "M") >= 2);
  const std::string line = svg.substr(svg.find("<path class=\"line train\""));
  CHECK(count_of(line.substr(0, line.find("/>")), "M") == 2);  // a gap where it is not finite
  CHECK(count_of(line.substr(0, line.find("/>")), "L") == 1);
}
