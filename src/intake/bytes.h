// Where bytes come from, a chunk at a time, and gzip undone on the way.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace setpoint::intake {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // The next bytes, at most kChunkBytes, valid until the next call; empty at the end.
  virtual base::Result<std::string_view> next() = 0;
};

std::unique_ptr<ByteSource> from_memory(std::string_view bytes);
base::Result<std::unique_ptr<ByteSource>> from_file(const std::string& path);  // "-" is standard input
// Passes plain bytes through; gzip is told by its first two bytes.
std::unique_ptr<ByteSource> inflated(std::unique_ptr<ByteSource> inner);

}  // namespace setpoint::intake
