#pragma once

#include <filesystem>

#include "runtime/data/column.h"
#include "runtime/files/result.h"

namespace dlc {

/// One IDX file (yann.lecun.com/exdb/mnist): two zero bytes, the element type, the number of dimensions, the
/// extents as big-endian 32-bit numbers, the elements, big-endian too. The first dimension counts the
/// examples. Bytes stay u8; i8, i16 and i32 become i32; f32 and f64 become f32. The file's length must be
/// what its header promises.
Result<Column> read_idx_file(const std::filesystem::path& path, bool header_only = false);

}  // namespace dlc
