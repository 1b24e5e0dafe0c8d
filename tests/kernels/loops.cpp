// The loops text, its check, and every form of load and store against what it says.

#include "compiler/loops/loops.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>

#include "compiler/llvm/code.h"
#include "compiler/llvm/evict.h"
#include "compiler/loops/builder.h"
#include "compiler/loops/read.h"

namespace dlc {
namespace {

using loops::FirstLanes;
using loops::Mask;

constexpr std::uint32_t lanes = 16;
constexpr std::int64_t places = 64;

/// One load and one store of 16 lanes in some of their forms; where each lane reads and writes can be told
/// without running it.
struct Move {
  std::int64_t read_stride = 1, write_stride = 1;
  bool gathers = false, scatters = false, accumulates = false;
  int read_mask = 0, write_mask = 0;  // 0 all, 1 the first 11, 2 a register
};

struct Memory {
  std::vector<float> out, in;
  std::vector<std::int32_t> index;
  std::vector<std::uint8_t> flags;
};

Loops kernel_of(const Move& move) {
  LoopsBuilder builder("move");
  const BufferId out = builder.buffer("out", Element::f32, places);
  const BufferId in = builder.buffer("in", Element::f32, places);
  const BufferId index = builder.buffer("index", Element::i32, lanes);
  const BufferId flags = builder.buffer("flags", Element::u8, lanes);
  const RegisterId at = builder.load({Kind::integer, lanes}, {index, 0});
  const RegisterId flag = builder.load({Kind::boolean, lanes}, {flags, 0});
  const auto mask = [&](int form) {
    return form == 0 ? Mask() : form == 1 ? Mask(FirstLanes{11}) : Mask(flag);
  };
  loops::Address from{in, 2, move.gathers ? 0 : move.read_stride};
  if (move.gathers) from.index = at;
  loops::Address to{out, 1, move.scatters ? 0 : move.write_stride};
  if (move.scatters) to.index = at;
  const RegisterId value = builder.load({Kind::number, lanes}, from, mask(move.read_mask));
  builder.store(value, to, mask(move.write_mask), move.accumulates);
  return std::move(builder).finish();
}

void move_slowly(const Move& move, Memory& memory) {
  const auto holds = [&](int form, std::size_t lane) {
    return form == 0 || (form == 1 ? lane < 11 : memory.flags[lane] != 0);
  };
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const auto step = static_cast<std::int64_t>(lane);
    const std::int64_t from = 2 + (move.gathers ? memory.index[lane] : step * move.read_stride);
    const std::int64_t to = 1 + (move.scatters ? memory.index[lane] : step * move.write_stride);
    const float value = holds(move.read_mask, lane) ? memory.in[static_cast<std::size_t>(from)] : 0;
    if (!holds(move.write_mask, lane)) continue;
    float& place = memory.out[static_cast<std::size_t>(to)];
    place = move.accumulates ? place + value : value;
  }
}

Memory random_memory(std::mt19937& random) {
  Memory memory{std::vector<float>(places), std::vector<float>(places), std::vector<std::int32_t>(lanes),
                std::vector<std::uint8_t>(lanes)};
  for (float& one : memory.out) one = static_cast<float>(random() % 100);
  for (float& one : memory.in) one = static_cast<float>(random() % 100);
  for (std::int32_t& one : memory.index) one = static_cast<std::int32_t>(random() % 20);
  for (std::uint8_t& one : memory.flags) one = static_cast<std::uint8_t>(random() % 2);
  return memory;
}

}  // namespace

TEST_CASE("loads and stores touch the lanes and places they name", "[kernels][law]") {
  std::mt19937 random(1);
  std::vector<Move> moves;
  for (int round = 0; round < 40; ++round) {
    Move move;
    move.read_stride = static_cast<std::int64_t>(random() % 4);
    move.write_stride = 1 + static_cast<std::int64_t>(random() % 3);
    move.gathers = random() % 2 == 0;
    move.accumulates = random() % 2 == 0;
    move.scatters = random() % 2 == 0;
    move.read_mask = static_cast<int>(random() % 3);
    move.write_mask = static_cast<int>(random() % 3);
    moves.push_back(move);
  }
  std::vector<Loops> kernels;
  for (const Move& move : moves) kernels.push_back(kernel_of(move));
  for (const std::string& name : host_instructions()) {
    const auto made = Code::make(kernels, *host_target(name), {2});
    REQUIRE(std::holds_alternative<Code>(made));
    for (std::size_t i = 0; i < moves.size(); ++i) {
      INFO(name << "\n" << print(kernels[i]));
      Memory found = random_memory(random);
      Memory right = found;
      move_slowly(moves[i], right);
      std::byte* buffers[] = {
          reinterpret_cast<std::byte*>(found.out.data()), reinterpret_cast<std::byte*>(found.in.data()),
          reinterpret_cast<std::byte*>(found.index.data()), reinterpret_cast<std::byte*>(found.flags.data())};
      std::get<Code>(made)[i](buffers, 0, 1);
      REQUIRE(found.out == right.out);
    }
  }
}

TEST_CASE("every form of statement has a text that reads back", "[kernels]") {
  const std::string text =
      "kernel all\n"
      "  buffer out@0 f32[100]\n"
      "  buffer bytes@1 u8[100]\n"
      "  for chunks chunk#0 < 3\n"
      "    %0:f32x1 = 0.5\n"
      "    %1:f32x8 = shuffle %0 %0 [0 0 0 0 0 0 0 0]\n"
      "    for i#1 = max(0, chunk#0 + -1 // 2) to min(10, 3*chunk#0 + 3) step 2\n"
      "      carry %2:f32x8 = %1 then %8 gives %9\n"
      "      %3:i32x8 = index i#1 + 4 lanes 2\n"
      "      %4:f32x8 = load out@0[2*i#1 + 1 + 3*%3] lanes 0 first 5\n"
      "      %5:boolx8 = less %4 %2\n"
      "      %6:f32x8 = select %5 %4 %2\n"
      "      %7:f32x8 = exp %6\n"
      "      %8:f32x8 = multiply_add %7 %4 %2\n"
      "      store bytes@1[i#1] where %5 %5\n"
      "    %10:f32x1 = fold add %9\n"
      "    %11:i32x1 = 7\n"
      "    %12:f32x1 = uniform %11 5 %11\n"
      "    add out@0[chunk#0] %10\n"
      "    store out@0[99] %12\n";
  const auto read = read_loops(text);
  REQUIRE(std::holds_alternative<Loops>(read));
  const Loops& kernel = std::get<Loops>(read);
  CHECK(print(kernel) == text);
  CHECK(first_fault(kernel).value_or("") == "");
  const auto made = Code::make(std::span(&kernel, 1), *host_target());
  CHECK(std::holds_alternative<Code>(made));
  CHECK(llvm_text(kernel, *host_target()).find("define void @kernel") != std::string::npos);
  CHECK(assembly_text(kernel, *host_target()).find("kernel:") != std::string::npos);
}

TEST_CASE("damaged texts of kernels end in a sentence or a fault", "[kernels]") {
  const std::string text =
      "kernel k\n  buffer out@0 f32[8]\n  for chunks chunk#0 < 1\n"
      "    %0:f32x8 = 1\n    %1:f32x8 = add %0 %0\n    store out@0[0] %1\n";
  REQUIRE(std::holds_alternative<Loops>(read_loops(text)));
  for (std::size_t cut = 0; cut + 1 < text.size(); ++cut) {
    const auto read = read_loops(text.substr(0, cut));
    if (const auto* kernel = std::get_if<Loops>(&read)) first_fault(*kernel);
  }
  std::string undefined = text;
  undefined.replace(undefined.find("add %0 %0"), 9, "add %0 %9");
  const auto read = read_loops(undefined);
  REQUIRE(std::holds_alternative<Loops>(read));
  CHECK(first_fault(std::get<Loops>(read)).value_or("") == "used where it is not defined: %9");
}

TEST_CASE("code that was kept is taken again, and a damaged entry is not", "[kernels]") {
  const std::string folder = std::string(DLC_BINARY_DIR) + "/tests/kernel-cache";
  std::filesystem::remove_all(folder);
  const std::vector<Loops> kernels = {kernel_of({}), kernel_of({2, 1, false, false, true, 1, 0})};
  const auto runs = [&] {
    const auto made = Code::make(kernels, *host_target(), {2, folder});
    REQUIRE(std::holds_alternative<Code>(made));
    std::mt19937 random(1);
    Memory found = random_memory(random);
    Memory right = found;
    move_slowly({}, right);
    std::byte* buffers[] = {
        reinterpret_cast<std::byte*>(found.out.data()), reinterpret_cast<std::byte*>(found.in.data()),
        reinterpret_cast<std::byte*>(found.index.data()), reinterpret_cast<std::byte*>(found.flags.data())};
    std::get<Code>(made)[0](buffers, 0, 1);
    REQUIRE(found.out == right.out);
  };
  const auto entries = [&] {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
    return paths;
  };
  runs();
  REQUIRE(entries().size() == 2);
  runs();
  REQUIRE(entries().size() == 2);
  for (const std::filesystem::path& path : entries()) {
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 100);
  }
  runs();
  for (const std::filesystem::path& path : entries()) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-200, std::ios::end);
    file.put('!');
  }
  runs();
}

TEST_CASE("of what is kept, what was not asked for the longest goes first", "[kernels]") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(DLC_BINARY_DIR) / "tests/kernel-cache-evict";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const auto write = [&](const std::string& name, std::size_t bytes, int hours_ago) {
    std::ofstream(folder / name) << std::string(bytes, 'x');
    fs::last_write_time(folder / name, fs::file_time_type::clock::now() - std::chrono::hours(hours_ago));
  };
  write("old.kernel", 400, 9);
  write("new.kernel", 400, 1);
  write("older.kernel", 400, 99);
  write("other.txt", 4000, 999);
  evict(folder.string(), 1200);
  CHECK(fs::exists(folder / "older.kernel"));
  evict(folder.string(), 1199);
  CHECK(!fs::exists(folder / "older.kernel"));
  CHECK(fs::exists(folder / "old.kernel"));
  evict(folder.string(), 600);
  CHECK(!fs::exists(folder / "old.kernel"));
  CHECK(fs::exists(folder / "new.kernel"));
  CHECK(fs::exists(folder / "other.txt"));
}

TEST_CASE("kernels that differ in names alone are compiled once", "[code]") {
  const auto named = [](const std::string& name, double factor) {
    LoopsBuilder builder(name);
    const BufferId out = builder.buffer(name + ".out", Element::f32, 1);
    builder.store(builder.constant(factor, {Kind::number, 1}), {out, 0});
    return std::move(builder).finish();
  };
  const std::vector<Loops> kernels = {named("a", 1), named("b", 2), named("c", 1)};
  const auto made = Code::make(kernels, *host_target());
  const Code& code = std::get<Code>(made);
  REQUIRE(code[0] == code[2]);
  REQUIRE(code[0] != code[1]);
  float result = 0;
  std::byte* buffers[] = {reinterpret_cast<std::byte*>(&result)};
  code[1](buffers, 0, 1);
  REQUIRE(result == 2);
  code[2](buffers, 0, 1);
  REQUIRE(result == 1);
}

}  // namespace dlc
