// SPDX-License-Identifier: MIT
#pragma once

/// Pictures through the program gnuplot, as SVG and PNG side by side; without gnuplot the example says so and goes on.
///
///     Panel panel{.title = "…", .x_label = "…", .y_label = "…", .log_y = true};
///     panel.curves.push_back({"Newton", iterations, errors});
///     draw("01_error", {panel});       // 01_error.svg, 01_error.png, and the script 01_error.gnuplot
///
/// All panels share one legend below them. A curve is known by its name: the same name has the same colour, dash and mark in
/// each panel. The colours are those of Okabe & Ito (2008), which the colour-blind can tell apart.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace example {

struct Curve {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;
  int style =
      -1;  ///< one of the looks 0 … 6; −1: that of its name's place in the legend. No name: not in the legend
};

/// Words beside a point.
struct Note {
  double x;
  double y;
  std::string words;
};

/// What an axis shows; as it stands: what the curves need.
struct Range {
  double low = 0;
  double high = 0;
  bool given() const { return low < high; }
};

struct Panel {
  std::string title;
  std::string x_label;
  std::string y_label;
  bool log_x = false;
  bool log_y = false;
  Range x_range{};
  Range y_range{};
  bool same_scale = false;  ///< a unit of x is as long as a unit of y
  std::function<double(double, double)>
      landscape{};               ///< contours of this function lie under the curves; needs both ranges
  std::vector<double> levels{};  ///< the heights of its contours
  std::vector<Curve> curves{};
  std::vector<Note> notes{};
};

/// The size of one panel with its axes, in pixels.
struct PanelSize {
  int width = 560;
  int height = 440;
};

namespace detail {

class Script {
 public:
  Script(const std::string& name, const std::vector<Panel>& panels, PanelSize size)
      : name_(name), panels_(panels), size_(size), out_(name + ".gnuplot") {
    for (const Panel& panel : panels_) {
      for (const Curve& curve : panel.curves) {
        if (curve.name.empty() || place_of(curve.name) < names_.size()) continue;
        styles_.push_back(curve.style < 0 ? names_.size() : static_cast<std::size_t>(curve.style));
        names_.push_back(curve.name);
      }
    }
    write();
  }

 private:
  std::size_t place_of(const std::string& name) const {
    return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
  }

  std::size_t style_of(const Curve& curve) const {
    return curve.name.empty() ? static_cast<std::size_t>(std::max(curve.style, 0))
                              : styles_[place_of(curve.name)];
  }

  void write() {
    for (std::size_t p = 0; p < panels_.size(); ++p) write_data(p);
    const int width = size_.width * static_cast<int>(panels_.size());
    arrange_legend(width);
    const int height = size_.height + legend_height_;
    for (const std::string kind : {"svg", "png"}) {
      out_ << "set terminal " << (kind == "svg" ? "svg enhanced" : "pngcairo enhanced") << " size " << width
           << "," << height << " font 'Arial," << (kind == "svg" ? 14 : 12) << "' background '#ffffff'\n"
           << "set output '" << name_ << "." << kind << "'\nset multiplot\n";
      write_legend(width, height);
      for (std::size_t p = 0; p < panels_.size(); ++p) write_panel(p, width, height);
      out_ << "unset multiplot\nset output\n";
    }
  }

  // ---- data ----------------------------------------------------------------------------------------------------------

  void write_data(std::size_t p) {
    const Panel& panel = panels_[p];
    for (std::size_t c = 0; c < panel.curves.size(); ++c) {
      const Curve& curve = panel.curves[c];
      out_ << "$curve_" << p << "_" << c << " << END\n";
      double last = 0;
      for (std::size_t i = 0; i < curve.x.size(); ++i) {
        const bool drawn = !panel.log_x || i == 0 || i + 1 == curve.x.size() || curve.x[i] > 1.03 * last;
        if (!drawn) continue;  // on a log axis thousands of points would lie on one another
        last = curve.x[i];
        out_ << curve.x[i] << ' ' << curve.y[i] << '\n';
      }
      out_ << "END\n";
    }
    if (!panel.landscape) return;
    constexpr int kGrid = 120;
    out_ << "$landscape_" << p << " << END\n";
    for (int j = 0; j <= kGrid; ++j, out_ << '\n') {
      const double y = panel.y_range.low + (panel.y_range.high - panel.y_range.low) * j / kGrid;
      for (int i = 0; i <= kGrid; ++i) {
        const double x = panel.x_range.low + (panel.x_range.high - panel.x_range.low) * i / kGrid;
        out_ << x << ' ' << y << ' ' << panel.landscape(x, y) << '\n';
      }
    }
    out_ << "END\nset contour base\nunset surface\nset cntrparam levels discrete ";
    for (std::size_t k = 0; k < panel.levels.size(); ++k) out_ << (k ? "," : "") << panel.levels[k];
    out_ << "\nset table $contours_" << p << "\nsplot $landscape_" << p
         << " notitle\nunset table\nunset contour\n";
  }

  // ---- panels --------------------------------------------------------------------------------------------------------

  void write_panel(std::size_t p, int width, int height) {
    const Panel& panel = panels_[p];
    const auto across = [&](int pixels) { return static_cast<double>(pixels) / width; };
    const auto up = [&](int pixels) { return static_cast<double>(pixels) / height; };
    const int left = size_.width * static_cast<int>(p);
    out_ << "set lmargin at screen " << across(left + 84) << "\nset rmargin at screen "
         << across(left + size_.width - 22) << "\nset bmargin at screen " << up(legend_height_ + 76)
         << "\nset tmargin at screen " << up(height - 40) << '\n'
         << "set title '" << panel.title << "' offset 0,-0.3\nset xlabel '" << panel.x_label
         << "'\nset ylabel '" << panel.y_label
         << "' offset 0.5,0\nset border 3 lc '#666666'\nset tics nomirror out textcolor '#333333'\n"
         << (panel.same_scale ? "set size ratio -1\n" : "set size noratio\n");
    write_axis("x", panel.log_x, panel.x_range);
    write_axis("y", panel.log_y, panel.y_range);
    out_ << (panel.landscape ? "unset grid\n" : "set grid xtics ytics lc '#e4e4e4' lt 1 lw 1\n");
    for (const Note& note : panel.notes) {
      out_ << "set label '" << note.words << "' at " << note.x << "," << note.y
           << " front textcolor '#333333'\n";
    }
    out_ << "plot ";
    if (panel.landscape) out_ << "$contours_" << p << " with lines lc '#b9c4cf' lw 1 notitle, ";
    for (std::size_t c = 0; c < panel.curves.size(); ++c) {
      const std::size_t points = panel.curves[c].x.size();
      const bool path = !panel.log_x && points <= 40;
      out_ << (c ? ", " : "") << "$curve_" << p << "_" << c << " with " << (path ? "linespoints " : "lines ")
           << look(style_of(panel.curves[c])) << (path ? " pt 7 ps 0.55" : "") << " notitle";
    }
    // What belongs to the whole picture is drawn once.
    out_ << "\nunset arrow\nunset label\n";
  }

  void write_axis(const std::string& axis, bool log, Range range) {
    out_ << (log ? "set" : "unset") << " logscale " << axis << "\nset format " << axis << " '"
         << (log ? "10^{%T}" : "%g") << "'\n";
    if (range.given()) {
      out_ << "set " << axis << "range [" << range.low << ":" << range.high << "]\n";
    } else {
      out_ << "set " << axis << "range [*:*]\n";
    }
  }

  // ---- the legend ----------------------------------------------------------------------------------------------------

  /// As many columns as fit, and no more than the rows need.
  void arrange_legend(int width) {
    std::size_t longest = 0;
    for (const std::string& name : names_) longest = std::max(longest, name.size());
    entry_width_ = 84 + static_cast<int>(7.4 * static_cast<double>(longest));
    const int count = static_cast<int>(names_.size());
    const int fitting = std::clamp(width / entry_width_, 1, std::max(count, 1));
    const int rows = (count + fitting - 1) / fitting;
    legend_columns_ = rows > 0 ? (count + rows - 1) / rows : 1;
    legend_height_ = 8 + kLegendRow * rows;
  }

  void write_legend(int width, int height) {
    const int count = static_cast<int>(names_.size());
    const int rows = (count + legend_columns_ - 1) / legend_columns_;
    const int left = (width - legend_columns_ * entry_width_) / 2 + 20;
    for (int k = 0; k < count; ++k) {
      const double x = left + (k / rows) * entry_width_;
      const double y =
          static_cast<double>(legend_height_ - kLegendRow / 2 - (k % rows) * kLegendRow) / height;
      out_ << "set arrow from screen " << x / width << "," << y << " to screen " << (x + 44) / width << ","
           << y << " nohead " << look(styles_[static_cast<std::size_t>(k)]) << "\nset label '"
           << names_[static_cast<std::size_t>(k)] << "' at screen " << (x + 54) / width << "," << y
           << " left textcolor '#333333'\n";
    }
  }

  /// Colour, dash and width of the k-th name. The fifth is wide, so that another may run on top of it.
  static std::string look(std::size_t k) {
    static const char* const looks[] = {"lc '#D55E00' dt 1 lw 2.2",          "lc '#E69F00' dt (12,6) lw 2.2",
                                        "lc '#CC79A7' dt (14,5,3,5) lw 2.2", "lc '#009E73' dt 1 lw 2.2",
                                        "lc '#0072B2' dt 1 lw 4.5",          "lc '#000000' dt (3,5) lw 1.8",
                                        "lc '#56B4E9' dt (8,4) lw 2.2"};
    return looks[k % 7];
  }

  static constexpr int kLegendRow = 24;

  std::string name_;
  const std::vector<Panel>& panels_;
  PanelSize size_;
  std::ofstream out_;
  std::vector<std::string> names_;
  std::vector<std::size_t> styles_;  // of the names
  int legend_height_ = 0;
  int legend_columns_ = 1;
  int entry_width_ = 0;
};

}  // namespace detail

inline bool gnuplot_is_here() {
#ifdef _WIN32
  return std::system("gnuplot --version > NUL 2>&1") == 0;
#else
  return std::system("gnuplot --version > /dev/null 2>&1") == 0;
#endif
}

/// Writes name.svg and name.png into the working directory, the panels in a row. False where they could not be drawn.
inline bool draw(const std::string& name, const std::vector<Panel>& panels, PanelSize size = {}) {
  if (!gnuplot_is_here()) {
    std::cout << "  (gnuplot is not installed: " << name << " was not drawn)\n";
    return false;
  }
  detail::Script(name, panels, size);
  const bool drawn = std::system(("gnuplot " + name + ".gnuplot").c_str()) == 0;
  if (drawn) {
    std::cout << "  drawn: " << name << ".svg and " << name << ".png\n";
  } else {
    std::cout << "  (gnuplot failed on " << name << ".gnuplot)\n";
  }
  return drawn;
}

}  // namespace example
