#pragma once

#include <span>
#include <string>
#include <vector>

#include "dsl/elaborate/names/settings.h"
#include "dsl/elaborate/value.h"

namespace dlc {

/// Makes nodes of a graph out of tensors. A node's dimensions are its tensor's frame, in the order in which
/// its axes were made (the batch first, then leads and indices from outside in), then its visible dimensions.
class Builder {
 public:
  Graph graph;
  Axes axes;
  std::vector<Place> places;  // where the next node comes from: the user's call first

  std::int64_t extent(const Dimension& dimension) const { return axes.extent(dimension.axis); }
  Shape shape_of(const Quantity& tensor) const;
  std::vector<IndexId> frame_of(const Quantity& tensor) const;

  /// New axes for a shape, named by the letters of `names` as far as they go.
  std::vector<Dimension> new_dimensions(const Shape& shape, std::span<const std::string> names = {});

  /// A value of the graph whose first dimensions are the frame and whose others are the visible ones.
  Quantity whole(ValueId value, std::span<const IndexId> frame, std::vector<Dimension> dimensions) const;
  Quantity input(const std::string& name, Type type, std::span<const IndexId> frame);
  Quantity node(const std::string& name, Type type, Node node, std::span<const IndexId> frame);

  /// Is it a value of the graph just as it lies there?
  bool is_whole(const Quantity& tensor) const;
  /// Is it a read without `else` in which each visible dimension is a dimension of the value that is read, as
  /// a whole?
  bool is_direct_read(const Quantity& tensor) const;
  /// Would computing it twice cost nothing?
  bool is_cheap(const Quantity& tensor) const;

  /// The same tensor, held by a node of that name. What is whole stays as it is.
  Quantity materialized(const Quantity& tensor, const std::string& name);
  /// The value that holds it; materialized if need be.
  ValueId value_of(const Quantity& tensor, const std::string& name);

  /// The term, a single number, combined over those axes.
  Quantity reduced(Combiner combiner, const Quantity& term, std::vector<IndexId> over,
                   const std::string& name);
  /// The visible elements under another shape of equal count.
  Quantity viewed(const Quantity& tensor, const Shape& shape, const std::string& name);
  /// The visible dimensions replaced by positions: an element for each frame.
  Quantity element(const Quantity& tensor, std::span<const Position> positions) const;

  /// A table known when the file is read, or a single number.
  Quantity constant(const ListTensor& list);

 private:
  struct Numbered {
    std::vector<Index> indices;
    Body body;
    Window write;
  };
  Numbered numbered(const Body& body, std::span<const IndexId> order, std::size_t written) const;
};

}  // namespace dlc
