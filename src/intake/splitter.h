// Cuts a stream of JSON text into its values without holding the whole: the elements of a top-level array, values one
// after the other (NDJSON), and the elements of the large arrays of known files ("configurationItems", "Records",
// "Findings", ...).
//
//   Splitter splitter({.take = ..., .refuse = ...});
//   while (chunk) TRY_VOID(splitter.feed(chunk));
//   TRY_VOID(splitter.finish());
//
// It counts brackets and strings only: whether a piece is JSON is the parser's to say. A line that breaks off (a string
// that runs over the line's end, a value begun inside another) is refused and reading goes on with the next line, as
// NDJSON wants; elsewhere such a break ends the reading. Memory: the value at hand, at most kValueBytesMax; a larger
// one is refused and skipped.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace setpoint::intake {

struct Piece {
  std::string_view text;
  int line = 1;  // where it begins
};

struct SplitterPorts {
  std::function<base::Status(const Piece&)> take;
  std::function<base::Status(int line, base::Error why)> refuse;
};

class Splitter {
 public:
  explicit Splitter(SplitterPorts ports) : ports_(std::move(ports)) {}
  base::Status feed(std::string_view bytes);
  base::Status finish();

 private:
  enum class Where { between, value, scalar };
  enum class Level {
    top,
    list,
    streamed
  };  // whose elements the values are: the file's, a top-level array's, an envelope's

  base::Status step(char c);
  base::Status between(char c);
  base::Status inside(char c);
  base::Status scalar(char c);
  base::Status string_byte(char c);
  base::Status open_bracket(char c);
  base::Status close_bracket(char c);
  base::Status end_of_value();
  base::Status end_of_list();
  base::Status break_off(const char* why);
  base::Status refuse(base::ErrorCode code, std::string why);
  void begin(Where where, char c);
  void append(char c);
  std::size_t take_run(std::string_view bytes);
  void oversize();
  void remember_key();
  void clear();
  bool begins_a_streamed_array(char c) const;
  bool begins_inside_another() const;

  SplitterPorts ports_;
  Where where_ = Where::between;
  Level level_ = Level::top;
  std::string value_;     // the value at hand
  std::string envelope_;  // the object around a streamed array, up to it
  bool value_is_envelope_ = false;
  std::string key_;  // the last string on the value's first level
  std::size_t string_start_ = 0;
  int line_ = 1;
  int value_line_ = 1;
  std::size_t depth_ = 0;  // brackets open inside the value
  bool in_string_ = false;
  bool escaped_ = false;
  bool oversized_ = false;
  bool line_blank_ = true;  // only white space on this line so far
  char last_ = '\0';        // the last byte of the value that was no white space
};

}  // namespace setpoint::intake
