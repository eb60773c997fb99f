#include "cloud/aws/model_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "cloud/aws/limits.h"

namespace setpoint::cloud::aws {

namespace {

constexpr std::string_view kMagic = "SPAWSMD2";
constexpr std::size_t kHeaderBytes = 12;

void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

// Writer and Reader share the describe() functions below: a field is named once, so the two cannot drift apart.
class Writer {
 public:
  void number(std::uint64_t value) { put_varint(body_, value); }
  void text(std::string_view value) { number(intern(value)); }
  template <class Items, class Each>
  void list(const Items& items, Each each) {
    number(items.size());
    for (auto& item : items) each(item);
  }
  std::string finish() const {
    std::string out;
    put_varint(out, texts_.size());
    for (std::string_view text : texts_) {
      put_varint(out, text.size());
      out += text;
    }
    return out + body_;
  }

 private:
  std::size_t intern(std::string_view value) {
    auto [at, fresh] = places_.emplace(value, texts_.size());
    if (fresh) texts_.push_back(value);
    return at->second;
  }

  std::string body_;
  std::vector<std::string_view> texts_;
  std::unordered_map<std::string_view, std::size_t> places_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {
    std::uint64_t count = bounded();
    texts_.reserve(count);
    for (; count > 0 && good_; --count) texts_.push_back(take(bounded()));
  }
  template <class Number>
  void number(Number& value) {
    value = static_cast<Number>(varint());
  }
  void text(std::string_view& value) {
    const std::uint64_t place = varint();
    if (place >= texts_.size()) good_ = false;
    value = place < texts_.size() ? texts_[place] : std::string_view();
  }
  template <class Items, class Each>
  void list(Items& items, Each each) {
    items.resize(bounded());
    for (auto& item : items) {
      if (!good_) return;
      each(item);
    }
  }
  bool good() const { return good_; }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    good_ = false;
    return 0;
  }
  // A count or a length: what it counts takes a byte at least.
  std::uint64_t bounded() {
    const std::uint64_t value = varint();
    if (value > rest_.size()) good_ = false;
    return good_ ? value : 0;
  }
  std::string_view take(std::size_t length) {
    std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
  std::vector<std::string_view> texts_;
  bool good_ = true;
};

// Numbers of any width and enums go through one 64-bit number.
template <class Number>
void number(Writer& to, const Number& value) {
  to.number(static_cast<std::uint64_t>(value));
}
template <class Number>
void number(Reader& from, Number& value) {
  from.number(value);
}

template <class Archive, class Metadata>
void describe_metadata(Archive& a, Metadata& m) {
  for (auto text : {&ServiceMetadata::name, &ServiceMetadata::service_id, &ServiceMetadata::full_name,
                    &ServiceMetadata::endpoint_prefix, &ServiceMetadata::signing_name, &ServiceMetadata::target_prefix,
                    &ServiceMetadata::json_version, &ServiceMetadata::api_version, &ServiceMetadata::xml_namespace,
                    &ServiceMetadata::global_endpoint, &ServiceMetadata::signature_version}) {
    a.text(m.*text);
  }
  number(a, m.protocol);
  number(a, m.query_compatible);
}

template <class Archive, class M>
void describe_member(Archive& a, M& m) {
  a.text(m.name);
  a.text(m.location_name);
  a.text(m.query_name);
  a.text(m.namespace_uri);
  a.text(m.namespace_prefix);
  number(a, m.shape_index);
  number(a, m.flags);
  number(a, m.location);
  number(a, m.timestamp_format);
}

template <class Archive, class S>
void describe_shape(Archive& a, S& s) {
  a.text(s.name);
  number(a, s.type);
  number(a, s.flags);
  a.list(s.members, [&](auto& member) { describe_member(a, member); });
  a.text(s.payload);
  a.text(s.error_code);
  number(a, s.error_status);
  a.list(s.values, [&](auto& text) { a.text(text); });
  a.list(s.xml_order, [&](auto& text) { a.text(text); });
}

template <class Archive, class O>
void describe_operation(Archive& a, O& o) {
  for (auto text : {&OperationModel::name, &OperationModel::http_method, &OperationModel::http_uri,
                    &OperationModel::result_wrapper, &OperationModel::host_prefix, &OperationModel::checksum_member}) {
    a.text(o.*text);
  }
  number(a, o.response_code);
  number(a, o.flags);
  number(a, o.auth);
  describe_member(a, o.input);
  describe_member(a, o.output);
  a.list(o.error_indices, [&](auto& index) { number(a, index); });
}

template <class Archive, class P>
void describe_paginator(Archive& a, P& p) {
  auto text = [&](auto& value) { a.text(value); };
  a.text(p.operation);
  a.list(p.input_tokens, text);
  a.list(p.output_tokens, text);
  a.list(p.result_keys, text);
  a.text(p.more_results);
  a.text(p.limit_key);
}

template <class Archive, class W>
void describe_waiter(Archive& a, W& w) {
  a.text(w.name);
  a.text(w.operation);
  number(a, w.delay_seconds);
  number(a, w.attempts_max);
  a.list(w.acceptors, [&](auto& acceptor) {
    a.text(acceptor.matcher);
    a.text(acceptor.argument);
    a.text(acceptor.expected);
    a.text(acceptor.state);
  });
}

template <class Archive, class Model>
void describe_service(Archive& a, Model& m) {
  a.list(m.shapes, [&](auto& shape) { describe_shape(a, shape); });
  a.list(m.operations, [&](auto& operation) { describe_operation(a, operation); });
  a.list(m.paginators, [&](auto& paginator) { describe_paginator(a, paginator); });
  a.list(m.waiters, [&](auto& waiter) { describe_waiter(a, waiter); });
}

bool indices_in_range(const ServiceModel& model) {
  const std::size_t shapes = model.shapes.size();
  auto fine = [&](const Member& member) { return member.shape_index <= shapes; };
  for (const Shape& shape : model.shapes) {
    const std::size_t wanted = shape.type == ShapeType::list  ? 1
                               : shape.type == ShapeType::map ? 2
                                                              : shape.members.size();
    if (shape.type > ShapeType::blob || shape.members.size() != wanted) return false;
    for (const Member& member : shape.members) {
      if (member.shape_index == 0 || !fine(member)) return false;
    }
  }
  for (const OperationModel& operation : model.operations) {
    if (!fine(operation.input) || !fine(operation.output)) return false;
    for (std::uint32_t index : operation.error_indices) {
      if (index == 0 || index > shapes) return false;
    }
  }
  return true;
}

base::Error corrupted(std::string_view what) {
  return {base::ErrorCode::corrupted,
          fmt::format("the file of AWS models does not check: {}", what),
          {},
          "build the target aws_models again",
          {}};
}

}  // namespace

base::Result<std::shared_ptr<const ModelFile>> ModelFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return base::fail(base::ErrorCode::not_found, "cannot open the AWS models at {}: {}", path, std::strerror(errno));
  struct stat status {};
  void* data = MAP_FAILED;
  if (fstat(file, &status) == 0 && status.st_size > 0 &&
      static_cast<std::size_t>(status.st_size) <= kModelFileBytesMax) {
    data = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  }
  ::close(file);
  if (data == MAP_FAILED) return base::fail(corrupted(path));
  std::shared_ptr<ModelFile> model_file(new ModelFile);
  model_file->data_ = static_cast<const char*>(data);
  model_file->size_ = static_cast<std::size_t>(status.st_size);
  model_file->mapped_ = true;
  TRY_VOID(model_file->read_index());
  return std::shared_ptr<const ModelFile>(model_file);
}

base::Result<std::shared_ptr<const ModelFile>> ModelFile::from_bytes(std::string bytes) {
  std::shared_ptr<ModelFile> model_file(new ModelFile);
  model_file->owned_ = std::move(bytes);
  model_file->data_ = model_file->owned_.data();
  model_file->size_ = model_file->owned_.size();
  TRY_VOID(model_file->read_index());
  return std::shared_ptr<const ModelFile>(model_file);
}

ModelFile::~ModelFile() {
  if (mapped_) munmap(const_cast<char*>(data_), size_);
}

base::Status ModelFile::read_index() {
  const std::string_view all(data_, size_);
  if (all.size() < kHeaderBytes || !all.starts_with(kMagic))
    return base::fail(corrupted("not a file of models of this version"));
  std::uint32_t length = 0;
  std::memcpy(&length, all.data() + kMagic.size(), sizeof length);
  if (length > all.size() - kHeaderBytes) return base::fail(corrupted("cut short"));
  services_ = all.substr(kHeaderBytes + length);
  Reader in(all.substr(kHeaderBytes, length));
  in.text(source_);
  in.list(entries_, [&](ModelFileEntry& entry) {
    describe_metadata(in, entry.metadata);
    in.number(entry.offset);
    in.number(entry.length);
    if (entry.metadata.protocol > Protocol::rest_xml) entry.length = ~std::uint64_t{0};
  });
  if (!in.good()) return base::fail(corrupted("its index"));
  for (const ModelFileEntry& entry : entries_) {
    if (entry.offset > services_.size() || entry.length > services_.size() - entry.offset)
      return base::fail(corrupted("cut short"));
  }
  return {};
}

base::Result<std::shared_ptr<ServiceModel>> ModelFile::load(const ModelFileEntry& entry) const {
  auto model = std::make_shared<ServiceModel>();
  static_cast<ServiceMetadata&>(*model) = entry.metadata;
  model->file = shared_from_this();
  Reader in(services_.substr(entry.offset, entry.length));
  describe_service(in, *model);
  if (!in.good() || !indices_in_range(*model)) return base::fail(corrupted(entry.metadata.name));
  model->link();
  return model;
}

std::string write_model_file(std::string_view source, std::span<const std::shared_ptr<ServiceModel>> models) {
  Writer index;
  std::string services;
  index.text(source);
  index.list(models, [&](const std::shared_ptr<ServiceModel>& model) {
    Writer service;
    describe_service(service, *model);
    const std::string bytes = service.finish();
    describe_metadata(index, *model);
    index.number(services.size());
    index.number(bytes.size());
    services += bytes;
  });
  const std::string index_bytes = index.finish();
  const auto length = static_cast<std::uint32_t>(index_bytes.size());
  std::string out(kMagic);
  out.append(reinterpret_cast<const char*>(&length), sizeof length);
  return out + index_bytes + services;
}

}  // namespace setpoint::cloud::aws
