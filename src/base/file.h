// Files, read whole and written so that a power cut leaves the old or the new one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"

namespace setpoint::base {

Result<std::string> read_file(const std::string& path, std::size_t bytes_max = kFileBytesMax);
// Temporary file beside it, fsync, rename, fsync of the folder. `mode` as in open(2).
Status write_file_durably(const std::string& path, std::string_view bytes, unsigned mode = 0644);

}  // namespace setpoint::base
