#pragma once

#include <filesystem>

#include "runtime/data/column.h"
#include "runtime/data/readers/readers.h"
#include "runtime/files/result.h"

namespace dlc {

/// One file of the binary version of CIFAR-10 (www.cs.toronto.edu/~kriz/cifar.html): records of a label, 0 …
/// 9, and three planes of 32 x 32 bytes, red, green and blue. Columns: `image` [32, 32, 3], u8, and `label`,
/// u8. The failure says record (from 0) and byte.
Result<DataTable> read_cifar_file(const std::filesystem::path& path, ReadingDepth depth = {});

}  // namespace dlc
