// The gather that answers a scatter.
//
// A scatter over the indices i adds to position w(i). Asked the other way round: which i reach position m?
// Each subscript is an equation w(i) = m. It is solved for one of its indices, the pivot; the others stay to
// be run over:
//
//   dx[i + r]       i = m - r                               whether i is in its range is tested where it is
//   used dx[i, r]        i = m0, r = m1
//
// With a stride the pivot has a coefficient s, and only some of the others fit: m is split into m = s*p +
// phase, and a second index, the residue, is split likewise, so that for each phase it runs over those that
// fit, and over no others:
//
//   dx[2*i + r]     m = 2*p + phase, r = 2*q + phase, i = p - q
//
// What is added to all, as a convolution's padding is, moves where the first block begins: for dx[3*i + r -
// 1] m = 3*p + phase - 1, and its first element lies outside.
//
// If no index can serve as residue, most phases are reached by nothing. Such a condition that is left over, c
// = 0, is put into the replacement of some old index as + B * c, with B so large that the index leaves its
// range unless c = 0: it has to be tested anyhow, and where the phase is fixed c is a number. So the answer
// is exact in all cases, and has one form.
//
// Quotients and remainders are opened first by a change of variables: x // d and x % d become indices t and
// q, and an index of x becomes what makes x = d*t + q. Then all is a sum again.
//
// New variables are added to the list of the old indices; what is replaced is replaced everywhere at once. A
// variable that is replaced may leave its range: an old index is tested, for a new one there is a condition
// (unless the test of the old one implies it).

#include <algorithm>
#include <numeric>

#include "compiler/window/unknowns.h"

namespace dlc {

namespace {

/// x with x * a = 1 modulo m; a and m have no common factor.
std::int64_t inverse(std::int64_t a, std::int64_t m) {
  const std::int64_t reduced = a - m * floor_quotient(a, m);
  for (std::int64_t x = 0; x < m; ++x) {
    if (x * reduced % m == 1 % m) return x;
  }
  return 0;
}

/// The index to solve for, and the one whose residue goes with the phase.
struct Pivot {
  std::size_t index = 0;
  std::int64_t coefficient = 0;
  std::optional<std::size_t> residue;
  double left = 0;  // combinations that stay to be run over
};

constexpr int most_openings = 8;

class Solver {
 public:
  explicit Solver(std::span<const Index> indices) : unknowns_(indices) {}

  /// The write position of one dimension shall be its position in the tensor. False if that is not solved.
  bool equate(const Position& written, std::size_t dimension, std::int64_t extent) {
    Position sum = unknowns_.resolved(written);
    // What is opened may bring in new remainders, without end where an index occurs in and beside one.
    for (int opened = 0; opened < most_openings && open_divided(sum); ++opened) sum = unknowns_.resolved(sum);
    const std::string name = name_of(sum, dimension);
    if (const std::optional<Pivot> pivot = best_pivot(sum)) {
      solve_for(*pivot, sum, name, dimension, extent);
      return true;
    }
    if (depends_on_unknown(sum)) return false;
    const Position position = variable(unknowns_.add(name, extent, Role::free));
    write_.push_back(position);
    unknowns_.demand_zero(sum - position);
    return true;
  }

  std::optional<Solution> finish() && { return std::move(unknowns_).finish(write_); }

 private:
  /// Does the unknown occur, and in no quotient or remainder?
  bool occurs_openly(const Position& sum, std::size_t v) const {
    const auto index = static_cast<IndexId>(v);
    const std::int64_t factor = coefficient(sum, index);
    return factor != 0 && !depends_on(sum - scaled(variable(v), factor), index);
  }

  bool depends_on_unknown(const Position& position) const {
    for (std::size_t v = 0; v < unknowns_.list().size(); ++v) {
      if (unknowns_.is_unknown(v) && depends_on(position, static_cast<IndexId>(v))) return true;
    }
    return false;
  }

  std::string name_of(const Position& sum, std::size_t dimension) const {
    const bool is_index = sum.terms.size() == 1 && sum.constant == 0 && sum.terms.front().coefficient == 1 &&
                          std::holds_alternative<IndexId>(sum.terms.front().what);
    if (is_index) return unknowns_.list()[number_of(std::get<IndexId>(sum.terms.front().what))].name;
    return "m" + std::to_string(dimension);
  }

  // ------------------------------------------------------------------------- quotients and remainders

  /// Makes indices of one quotient or remainder of what is unknown, the innermost first. False if there is
  /// none that can be opened.
  bool open_divided(const Position& sum) {
    for (const Term& term : sum.terms) {
      if (const auto* whole = std::get_if<Quotient>(&term.what)) {
        if (open_divided(whole->of.front())) return true;
        if (open_quotient(whole->of.front(), whole->divisor)) return true;
      } else if (const auto* part = std::get_if<Remainder>(&term.what)) {
        if (open_divided(part->of.front())) return true;
        if (open_remainder(part->of.front(), part->divisor)) return true;
      }
    }
    return false;
  }

  /// The open unknown of the largest extent whose coefficient is fit.
  template <class Fit>
  std::optional<std::size_t> largest_unknown(const Position& of, const Fit& is_fit) const {
    std::optional<std::size_t> best;
    for (std::size_t v = 0; v < unknowns_.list().size(); ++v) {
      if (!unknowns_.is_unknown(v) || !occurs_openly(of, v)) continue;
      if (!is_fit(coefficient(of, static_cast<IndexId>(v)))) continue;
      if (!best || unknowns_.list()[v].extent > unknowns_.list()[*best].extent) best = v;
    }
    return best;
  }

  /// of // divisor = least + t, and what is left is q.
  bool open_quotient(const Position& of, std::int64_t divisor) {
    const auto index = largest_unknown(of, [](std::int64_t factor) { return factor == 1 || factor == -1; });
    if (!index) return false;
    const std::int64_t factor = coefficient(of, static_cast<IndexId>(*index));
    const Range values = range(of, unknowns_.list());
    const std::int64_t least = floor_quotient(values.least, divisor);
    const std::int64_t extent = floor_quotient(values.most, divisor) - least + 1;
    const std::string name = unknowns_.list()[*index].name;
    const Position t = variable(unknowns_.add(name, extent, Role::unknown, unknowns_.is_kept(*index)));
    const Position q = variable(unknowns_.add(name + "_in", divisor, Role::unknown));
    const Position rest = of - scaled(variable(*index), factor);
    unknowns_.replace(*index, scaled(scaled(t + position_of(least), divisor) + q - rest, factor));
    return true;
  }

  /// of % divisor = q; the index is divisor * a + what makes it so.
  bool open_remainder(const Position& of, std::int64_t divisor) {
    const auto index =
        largest_unknown(of, [&](std::int64_t factor) { return std::gcd(factor, divisor) == 1; });
    if (!index) return false;
    const std::int64_t factor = coefficient(of, static_cast<IndexId>(*index));
    const Position rest = of - scaled(variable(*index), factor);
    const std::string name = unknowns_.list()[*index].name;
    const std::int64_t blocks = (unknowns_.list()[*index].extent + divisor - 1) / divisor;
    const Position a = blocks == 1
                           ? Position{}
                           : variable(unknowns_.add(name, blocks, Role::unknown, unknowns_.is_kept(*index)));
    const Position q = variable(unknowns_.add(name + "_in", divisor, Role::unknown));
    const Position within = remainder(scaled(q - rest, inverse(factor, divisor)), divisor, unknowns_.list());
    unknowns_.replace(*index, scaled(a, divisor) + within);
    return true;
  }

  // ------------------------------------------------------------------------- sums

  /// The pivot that leaves the least to run over; of equals the smaller coefficient, then the first.
  std::optional<Pivot> best_pivot(const Position& sum) const {
    double all = 1;
    std::vector<std::size_t> open;
    for (std::size_t v = 0; v < unknowns_.list().size(); ++v) {
      if (!unknowns_.is_unknown(v) || !occurs_openly(sum, v)) continue;
      open.push_back(v);
      all *= static_cast<double>(unknowns_.list()[v].extent);
    }
    std::optional<Pivot> best;
    for (const std::size_t v : open) {
      Pivot pivot{v, coefficient(sum, static_cast<IndexId>(v)), std::nullopt,
                  all / static_cast<double>(unknowns_.list()[v].extent)};
      choose_residue(pivot, sum, open);
      const bool is_better =
          !best || pivot.left < best->left ||
          (pivot.left == best->left && std::abs(pivot.coefficient) < std::abs(best->coefficient));
      if (is_better) best = pivot;
    }
    return best;
  }

  void choose_residue(Pivot& pivot, const Position& sum, std::span<const std::size_t> open) const {
    const std::int64_t stride = std::abs(pivot.coefficient);
    double best = 1;
    for (const std::size_t v : open) {
      if (v == pivot.index) continue;
      const std::int64_t step = stride / std::gcd(coefficient(sum, static_cast<IndexId>(v)), stride);
      const std::int64_t extent = unknowns_.list()[v].extent;
      const std::int64_t runs = (extent + step - 1) / step;
      const double share = static_cast<double>(runs) / static_cast<double>(extent);
      if (step == 1 || (pivot.residue && share >= best)) continue;
      pivot.residue = v;
      best = share;
    }
    pivot.left *= best;
  }

  /// How far the blocks begin before position 0, so that phase 0 is where the rest's constant is a multiple
  /// of the stride: (phase + 1) // 3 becomes 0. For a stride of 2 it is affine as it stands: (phase + 1) // 2
  /// is phase.
  static std::int64_t shift_of_phases(const Position& rest, std::int64_t stride) {
    if (stride == 2) return 0;
    return -rest.constant - stride * floor_quotient(-rest.constant, stride);
  }

  /// coefficient * pivot + rest = position.
  void solve_for(const Pivot& pivot, const Position& sum, const std::string& name, std::size_t dimension,
                 std::int64_t extent) {
    const std::int64_t stride = std::abs(pivot.coefficient);
    const std::int64_t sign = pivot.coefficient < 0 ? -1 : 1;
    const Position rest = sum - scaled(variable(pivot.index), pivot.coefficient);
    if (stride == 1) {
      const std::size_t position = unknowns_.add(name, extent, Role::free);
      write_.push_back(variable(position));
      unknowns_.replace(pivot.index, scaled(variable(position) - rest, sign));
      return;
    }
    const std::int64_t shift = pivot.residue ? shift_of_phases(rest, stride) : 0;
    const std::string number = std::to_string(dimension);
    const std::size_t block = unknowns_.add("p" + number, (extent + shift + stride - 1) / stride, Role::free);
    const std::size_t phase = unknowns_.add("phase" + number, stride, Role::free);
    const Position in_block = variable(phase) - position_of(shift);
    write_.push_back(scaled(variable(block), stride) + in_block);
    // pivot = sign * block + needed / stride; `needed` must be a multiple of the stride.
    const Position needed = scaled(in_block - rest, sign);
    const Position fraction = pivot.residue ? divided_by_residue(needed, *pivot.residue, stride)
                                            : divided_by_condition(needed, phase, stride);
    unknowns_.replace(pivot.index, scaled(variable(block), sign) + fraction);
  }

  /// needed / stride, where the residue index is replaced so that it is whole: needed = y - b * r.
  Position divided_by_residue(const Position& needed, std::size_t residue, std::int64_t stride) {
    const std::int64_t b = -coefficient(needed, static_cast<IndexId>(residue));
    const Position y = needed + scaled(variable(residue), b);
    const std::int64_t common = std::gcd(b, stride);
    const std::int64_t step = stride / common;
    if (common > 1) {
      unknowns_.demand_zero(remainder(y, common, unknowns_.list()));
    }
    const std::int64_t runs = (unknowns_.list()[residue].extent + step - 1) / step;
    const Position q = runs == 1 ? Position{}
                                 : variable(unknowns_.add(unknowns_.list()[residue].name, runs, Role::unknown,
                                                          unknowns_.is_kept(residue)));
    const Position fit = remainder(scaled(quotient(y, common, unknowns_.list()), inverse(b / common, step)),
                                   step, unknowns_.list());
    unknowns_.replace(residue, scaled(q, step) + fit);
    const Position jumps = scaled(q, b / common);
    if (common == 1 && (b - 1) % stride == 0) {
      return quotient(y, stride, unknowns_.list()) - scaled(fit, (b - 1) / stride) - jumps;
    }
    return quotient(y - scaled(fit, b), stride, unknowns_.list()) - jumps;
  }

  /// needed / stride where it is whole, and a condition that it is: a number for each phase.
  Position divided_by_condition(const Position& needed, std::size_t phase, std::int64_t stride) {
    const std::int64_t sign = coefficient(needed, static_cast<IndexId>(phase));
    const Position others = needed - scaled(variable(phase), sign);
    const Position left = remainder(others, stride, unknowns_.list());
    if (!left.terms.empty()) {
      unknowns_.demand_zero(remainder(needed, stride, unknowns_.list()));
      return quotient(needed, stride, unknowns_.list());
    }
    const std::int64_t fit = sign == 1 ? (stride - left.constant) % stride : left.constant;
    unknowns_.demand_zero(variable(phase) - position_of(fit));
    return quotient(others + position_of(sign * fit), stride, unknowns_.list());
  }

  Unknowns unknowns_;
  Window write_;
};

}  // namespace

std::optional<Solution> solve(const Window& write, std::span<const Index> indices, const Shape& tensor) {
  if (std::any_of(write.begin(), write.end(), holds_lookup)) return std::nullopt;
  Solver solver(indices);
  for (std::size_t dimension = 0; dimension < write.size(); ++dimension) {
    if (!solver.equate(write[dimension], dimension, tensor[dimension])) return std::nullopt;
  }
  return std::move(solver).finish();
}

}  // namespace dlc
