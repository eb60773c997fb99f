// The compiled models: one file of about a quarter of the JSON's size that opens in microseconds. Only its index is
// read when it is opened; a service is decoded when it is first asked for, with its strings left in the mapped file.
//
// Layout, all numbers LEB128 varints, all texts as a number into the table of texts of their part:
//   "SPAWSMD2"  u32 little-endian length of the index  index  service*
//   index:   texts  source  count  (ServiceMetadata  operation names  offset  length)*
//   service: texts  shapes  operations  paginators  waiters
// Offsets count from the end of the index. A file that does not check is ErrorCode::corrupted, never a crash: reads are
// bounded.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cloud/aws/service_model.h"

namespace setpoint::cloud::aws {

struct ModelFileEntry {
  ServiceMetadata metadata;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// Immutable after opening; safe to read from many threads.
class ModelFile : public std::enable_shared_from_this<ModelFile> {
 public:
  static base::Result<std::shared_ptr<const ModelFile>> open(const std::string& path);
  static base::Result<std::shared_ptr<const ModelFile>> from_bytes(std::string bytes);
  ~ModelFile();
  ModelFile(const ModelFile&) = delete;
  ModelFile& operator=(const ModelFile&) = delete;

  std::string_view source() const { return source_; }                      // "aws-sdk 2.1693.0"
  const std::vector<ModelFileEntry>& entries() const { return entries_; }  // sorted by name
  base::Result<std::shared_ptr<ServiceModel>> load(const ModelFileEntry& entry) const;

 private:
  ModelFile() = default;
  base::Status read_index();

  std::string owned_;
  const char* data_ = nullptr;
  std::size_t size_ = 0;
  bool mapped_ = false;
  std::string_view services_;
  std::string_view source_;
  std::vector<ModelFileEntry> entries_;
};

// The bytes of a model file. `models` sorted by name.
std::string write_model_file(std::string_view source, std::span<const std::shared_ptr<ServiceModel>> models);

}  // namespace setpoint::cloud::aws
