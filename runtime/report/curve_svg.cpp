#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string_view>

#include "runtime/report/axis.h"
#include "runtime/report/curve.h"
#include "runtime/report/curve_style.h"
#include "runtime/report/format.h"

// Lengths are pixels. The picture is drawn at its size and may be scaled.

namespace dlc {
namespace {

constexpr double page_width = 820;
constexpr double margin = 24;  // around everything
constexpr double title_height = 40;
constexpr double gap = 28;  // between frames
constexpr double frame_height = 236;
constexpr double head_height = 30;  // quantity and legend
constexpr double left_room = 46;    // labels of the values
constexpr double bottom_room = 40;  // labels of the epochs
constexpr double inset = 8;         // between the plot's side and its first point
constexpr double huge = 1e250;      // beyond this the axis itself would overflow
constexpr std::size_t most_dots = 30;

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  std::string result = text.data();
  if (result.ends_with(".0")) result.resize(result.size() - 2);
  return result == "-0" ? "0" : result;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    switch (letter) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default: result += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
    }
  }
  return result;
}

std::string text_at(double x, double y, std::string_view classes, std::string_view anchor,
                    std::string_view text) {
  std::string element = "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\"";
  if (!classes.empty()) element += " class=\"" + std::string(classes) + "\"";
  if (!anchor.empty()) element += " text-anchor=\"" + std::string(anchor) + "\"";
  return element + ">" + escaped(text) + "</text>\n";
}

std::string line_at(double x1, double y1, double x2, double y2, std::string_view classes) {
  return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" +
         number(y2) + "\" class=\"" + std::string(classes) + "\"/>\n";
}

std::string circle_at(double x, double y, double radius, const std::string& classes) {
  return "<circle cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"" + number(radius) + "\" class=\"" +
         classes + "\"/>\n";
}

std::string class_of_run(std::size_t run) {
  return "run-" + std::to_string(run % run_colours);
}

std::string class_of(const CurveLine& line) {
  if (line.run) return class_of_run(*line.run);
  const bool known = line.name == "train" || line.name == "valid" || line.name == "test";
  return known ? line.name : "other";
}

bool drawable(const CurvePoint& point) {
  return std::abs(point.y) < huge;
}

// The train line lies under the others.
std::vector<const CurveLine*> in_drawing_order(const CurveFrame& frame) {
  std::vector<const CurveLine*> lines;
  for (const CurveLine& line : frame.lines) lines.push_back(&line);
  std::stable_partition(lines.begin(), lines.end(),
                        [](const CurveLine* line) { return line->name == "train"; });
  return lines;
}

// One frame of the page: x and y of its corner are taken away by the group that it stands in.
class FramePicture {
 public:
  FramePicture(const CurveFrame& frame, const Curve& curve, double width)
      : frame_(frame), curve_(curve), width_(width), top_(head_height), bottom_(frame_height - bottom_room) {
    double first = std::numeric_limits<double>::infinity();
    double last = -first;
    double least = first;
    double most = last;
    for (const CurveFrame& each : curve.frames) {  // all frames have the same epochs
      for (const CurveLine& line : each.lines) {
        for (const CurvePoint& point : line.points) {
          first = std::min(first, point.x);
          last = std::max(last, point.x);
        }
      }
    }
    for (const CurveLine& line : frame.lines) {
      for (const CurvePoint& point : line.points) {
        if (!drawable(point)) continue;
        least = std::min(least, point.y);
        most = std::max(most, point.y);
      }
    }
    x_axis_ = count_axis(first, last, width > 500 ? 14 : 10);
    if (least <= most) y_axis_ = value_axis(least, most);
  }

  std::string draw() const {
    std::string text = grid() + kept_line();
    for (const CurveLine* line : in_drawing_order(frame_)) text += line_of(*line);
    for (const CurveLine* line : in_drawing_order(frame_)) text += marks_of(*line);
    return text + head();
  }

 private:
  double x_of(double value) const {
    return left_room + inset + place_on(x_axis_, value) * (width_ - left_room - 2 * inset);
  }
  double y_of(double value) const { return bottom_ - place_on(y_axis_, value) * (bottom_ - top_); }

  std::string grid() const {
    std::string text;
    for (const AxisTick& tick : y_axis_.ticks) {
      const double y = y_of(tick.value);
      text += line_at(left_room, y, width_, y, "grid");
      text += text_at(left_room - 8, y + 4, "", "end", tick.label);
    }
    text += line_at(left_room, bottom_, width_, bottom_, "base");
    for (const AxisTick& tick : x_axis_.ticks) {
      const double x = x_of(tick.value);
      text += line_at(x, bottom_, x, bottom_ + 4, "base");
      text += text_at(x, bottom_ + 17, "", "middle", tick.label);
    }
    return text + text_at(width_, bottom_ + 33, "", "end", curve_.x_name);
  }

  std::string kept_line() const {
    if (!curve_.kept) return "";
    const double x = x_of(*curve_.kept);
    return line_at(x, top_, x, bottom_, "kept");
  }

  // The unbroken pieces of a line; what is not finite is a gap.
  std::string line_of(const CurveLine& line) const {
    std::string path;
    bool pen_down = false;
    for (const CurvePoint& point : line.points) {
      if (!drawable(point)) {
        pen_down = false;
        continue;
      }
      path += std::string(pen_down ? "L" : "M") + number(x_of(point.x)) + " " + number(y_of(point.y));
      pen_down = true;
    }
    if (path.empty()) return "";
    const std::string_view broken = line.run && *line.run >= run_colours ? " again" : "";
    return "<path class=\"line " + class_of(line) + std::string(broken) + "\" d=\"" + path + "\"/>\n";
  }

  // Dots where points are few, a cross where the first value is not finite, a ring at the kept epoch.
  std::string marks_of(const CurveLine& line) const {
    std::string text;
    const bool dots = line.points.size() <= most_dots;
    for (std::size_t i = 0; i < line.points.size(); ++i) {
      const CurvePoint& point = line.points[i];
      const bool alone = (i == 0 || !drawable(line.points[i - 1])) &&
                         (i + 1 == line.points.size() || !drawable(line.points[i + 1]));
      if (drawable(point) && (dots || alone)) {
        text += circle_at(x_of(point.x), y_of(point.y), alone ? 3.5 : 2, class_of(line) + "-fill");
      }
    }
    const auto bad = std::find_if(line.points.begin(), line.points.end(),
                                  [](const CurvePoint& p) { return !drawable(p); });
    if (bad != line.points.end()) {
      const double x = x_of(bad->x);
      const double y = bottom_ - 8;
      text += "<path class=\"bad\" d=\"M" + number(x - 4) + " " + number(y - 4) + "l8 8m0 -8l-8 8\"/>\n";
    }
    if (const CurvePoint* kept = point_at(line.ringed, line); kept != nullptr) {
      text += circle_at(x_of(kept->x), y_of(kept->y), 4.5, "ring " + class_of(line));
    }
    return text;
  }

  static const CurvePoint* point_at(std::optional<double> x, const CurveLine& line) {
    for (const CurvePoint& point : line.points) {
      if (x && point.x == *x && drawable(point)) return &point;
    }
    return nullptr;
  }

  // The quantity, and for each part its value where the weights were kept, else its latest.
  std::string head() const {
    std::string name = frame_.quantity;
    if (width_of(name) > 24) name = name.substr(0, 23) + "…";
    std::string text = text_at(0, 14, "name", "", name);
    std::string legend = "<text x=\"" + number(width_) + "\" y=\"14\" text-anchor=\"end\">";
    if (y_axis_.logarithmic) legend += "<tspan>log scale</tspan>";
    bool first = !y_axis_.logarithmic;
    for (const CurveLine& line : frame_.lines) {
      if (line.run) continue;  // The page names the runs.
      const CurvePoint* kept = point_at(curve_.kept, line);
      const CurvePoint& shown = kept != nullptr ? *kept : line.points.back();
      const bool bad = !drawable(shown);
      legend += "<tspan class=\"" + class_of(line) + "-fill\"" + (first ? "" : " dx=\"12\"") + ">●</tspan>";
      legend += "<tspan dx=\"4\">" + escaped(line.name) + "</tspan><tspan dx=\"4\" class=\"" +
                (bad ? "bad-text" : "value") + "\">" + as_figure(shown.y) + "</tspan>";
      first = false;
    }
    return text + legend + "</text>\n";
  }

  const CurveFrame& frame_;
  const Curve& curve_;
  double width_;
  double top_;
  double bottom_;
  CurveAxis x_axis_;
  CurveAxis y_axis_;
};

/// The runs' names under the title, as many in a row as have room.
struct RunLegend {
  std::string text;
  double height = 0;
};
RunLegend legend_of(const std::vector<std::string>& runs) {
  constexpr double letter = 6.2;
  constexpr double row_height = 18;
  RunLegend legend;
  double x = margin;
  double y = margin + 34;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const double width = 16 + letter * static_cast<double>(width_of(runs[i])) + 14;
    if (x > margin && x + width > page_width - margin) {
      x = margin;
      y += row_height;
    }
    legend.text += line_at(x, y - 4, x + 12, y - 4, class_of_run(i) + (i >= run_colours ? " again" : ""));
    legend.text += text_at(x + 17, y, "value", "", runs[i]);
    legend.height = y - margin - 34 + row_height + 6;
    x += width;
  }
  return legend;
}

}  // namespace

std::string curve_svg(const Curve& curve) {
  const std::size_t across = curve.frames.size() > 1 ? 2 : 1;
  const std::size_t down = (curve.frames.size() + across - 1) / across;
  const double frame_width =
      (page_width - 2 * margin - gap * static_cast<double>(across - 1)) / static_cast<double>(across);
  const RunLegend legend = legend_of(curve.runs);
  const double top = margin + title_height + legend.height;
  const double height = top + static_cast<double>(down) * (frame_height + gap) - gap + margin - 8;
  const double least_height = top + margin;
  const std::string size =
      "width=\"" + number(page_width) + "\" height=\"" + number(std::max(height, least_height)) + "\"";
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" " + size + " viewBox=\"0 0 " +
                    number(page_width) + " " + number(std::max(height, least_height)) + "\" role=\"img\">\n";
  svg += "<title>" + escaped(curve.title) + "</title>\n" + std::string(curve_style);
  svg += "<rect x=\"0.5\" y=\"0.5\" width=\"" + number(page_width - 1) + "\" height=\"" +
         number(std::max(height, least_height) - 1) + "\" rx=\"10\" class=\"page\"/>\n";
  svg += text_at(margin, margin + 12, "title", "", curve.title);
  svg += legend.text;
  if (curve.kept) {
    svg += text_at(page_width - margin, margin + 12, "", "end",
                   "kept: " + curve.x_name + " " + with_thousands(std::llround(*curve.kept)));
  }
  for (std::size_t i = 0; i < curve.frames.size(); ++i) {
    const double x = margin + static_cast<double>(i % across) * (frame_width + gap);
    const double y = top + static_cast<double>(i / across) * (frame_height + gap);
    svg += "<g transform=\"translate(" + number(x) + " " + number(y) + ")\">\n";
    svg += FramePicture(curve.frames[i], curve, frame_width).draw() + "</g>\n";
  }
  return svg + "</svg>\n";
}

}  // namespace dlc
