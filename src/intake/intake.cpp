#include "intake/intake.h"

#include <iterator>

#include "intake/bytes.h"
#include "intake/recognise.h"
#include "intake/splitter.h"

namespace setpoint::intake {

using base::Error;
using base::ErrorCode;

namespace {

template <class Items>
void move_to(Items& to, Items&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// Where a parser's "line:column" within a piece lies in the file.
std::string place(const std::string& name, int first_line, const std::string& within) {
  std::size_t colon = within.find(':');
  if (colon == std::string::npos) return fmt::format("{}:{}", name, first_line);
  int line = std::atoi(within.c_str());
  return fmt::format("{}:{}:{}", name, first_line + line - 1, within.substr(colon + 1));
}

class Reader {
 public:
  Reader(std::string name, const Intake::Sink& sink)
      : name_(std::move(name)),
        sink_(sink),
        splitter_({[this](const Piece& piece) { return take(piece); },
                   [this](int line, Error why) { return refuse(line, std::move(why)); }}) {}

  base::Status read(ByteSource& bytes) {
    while (true) {
      auto chunk = bytes.next();
      if (!chunk) return base::fail(located(std::move(chunk).error()));
      if (chunk->empty()) break;
      TRY_VOID(checked(splitter_.feed(*chunk)));
    }
    return checked(splitter_.finish());
  }

 private:
  base::Status take(const Piece& piece) {
    auto value = base::parse_json(piece.text, {kValueBytesMax, base::kJsonDepthMax});
    if (!value) return refuse(piece.line, std::move(value).error());
    Batch batch;
    take_value(std::move(*value), fmt::format("{}:{}", name_, piece.line), batch);
    return hand_on(std::move(batch));
  }

  base::Status refuse(int line, Error why) {
    Batch batch;
    batch.refused.push_back({place(name_, line, why.where), std::move(why.message), why.code});
    return hand_on(std::move(batch));
  }

  base::Status hand_on(Batch&& batch) {
    refusals_in_a_row_ = batch.took_nothing() ? refusals_in_a_row_ + batch.refused.size() : 0;
    base::Status status = sink_(std::move(batch));
    if (!status) {
      sink_failed_ = true;
      return status;
    }
    if (refusals_in_a_row_ <= kRefusalsInARowMax) return {};
    return base::fail(ErrorCode::invalid_input, "gave up after {} values in a row that could not be taken",
                      refusals_in_a_row_);
  }

  // The sink's own errors are not about the file.
  base::Status checked(base::Status status) {
    if (status || sink_failed_) return status;
    return base::fail(located(std::move(status).error()));
  }

  Error located(Error error) const {
    error.where = error.where.empty() ? name_ : name_ + ":" + error.where;
    return error;
  }

  std::string name_;
  const Intake::Sink& sink_;
  Splitter splitter_;
  std::size_t refusals_in_a_row_ = 0;
  bool sink_failed_ = false;
};

bool is_broken(ErrorCode code) { return code == ErrorCode::invalid_input || code == ErrorCode::limit_exceeded; }

}  // namespace

void Batch::append(Batch&& other) {
  move_to(events, std::move(other.events));
  move_to(resources, std::move(other.resources));
  move_to(findings, std::move(other.findings));
  move_to(refused, std::move(other.refused));
}

base::Result<Batch> Intake::read(std::string_view bytes, const std::string& name) const {
  Batch out;
  base::Status status = read(bytes, name, [&](Batch&& part) {
    out.append(std::move(part));
    return base::Status();
  });
  if (!status) out.stopped = std::move(status).error();
  if (!out.took_nothing()) return out;
  if (out.stopped) return base::fail(*out.stopped);
  if (out.refused.size() == 1 && is_broken(out.refused[0].code)) {
    return base::fail(Error{out.refused[0].code, out.refused[0].why, out.refused[0].where, {}, {}});
  }
  return out;
}

base::Status Intake::read(std::string_view bytes, const std::string& name, const Sink& sink) const {
  auto source = inflated(from_memory(bytes));
  return Reader(name, sink).read(*source);
}

base::Status Intake::read_file(const std::string& path, const Sink& sink) const {
  TRY(auto file, from_file(path));
  auto source = inflated(std::move(file));
  return Reader(path, sink).read(*source);
}

}  // namespace setpoint::intake
