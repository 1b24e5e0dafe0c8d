#pragma once

#include <zlib.h>

#include <string>

#include "tests/files/temporary_folder.h"

namespace dlc {

/// The text as a gzip file.
inline std::string packed(const std::string& text) {
  const TemporaryFolder folder;
  gzFile file = gzopen((folder / "a.gz").c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return content_of(folder / "a.gz");
}

}  // namespace dlc
