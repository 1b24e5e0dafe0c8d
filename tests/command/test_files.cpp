// Makes and shows the files that a shell cannot: test-files WORD ARGUMENTS.
//
//   bytes PATH                              a file of the bytes whose numbers are read
//   png PATH HEIGHT WIDTH CHANNELS          a PNG image of them: grey, grey and alpha, colour, colour and
//   alpha leaves PATH                             what stands in a JSON document: for each leaf its place and
//   value values PATH NAME                        the numbers of a tensor of 32-bit floats in a safetensors
//   file metadata PATH INTO KEY [VALUE]          the same safetensors file with other metadata of this key,
//   or none
//
// It shares no reader or writer with dlc: so they do not err alike.

#include <png.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "test-files: %s\n", what.c_str());
  std::exit(1);
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path + " cannot be read");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void put(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  if (!file.write(content.data(), static_cast<std::streamsize>(content.size())).flush())
    fail(path + " cannot be written");
}

/// From standard input.
std::string given_bytes() {
  std::string bytes;
  for (int number = 0; std::cin >> number;) {
    if (number < 0 || number > 255) fail(std::to_string(number) + " is no byte");
    bytes.push_back(static_cast<char>(number));
  }
  if (!std::cin.eof()) fail("a word that is no number");
  return bytes;
}

void put_png(const std::string& path, unsigned height, unsigned width, unsigned channels) {
  constexpr std::array<png_uint_32, 5> formats = {0, PNG_FORMAT_GRAY, PNG_FORMAT_GA, PNG_FORMAT_RGB,
                                                  PNG_FORMAT_RGBA};
  const std::string pixels = given_bytes();
  if (channels < 1 || channels > 4 || pixels.size() != std::size_t{height} * width * channels)
    fail(path + ": other pixels than the shape says");
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.height = height;
  image.width = width;
  image.format = formats[channels];
  if (png_image_write_to_file(&image, path.c_str(), 0, pixels.data(), 0, nullptr) == 0)
    fail(path + ": " + image.message);
}

void show_leaves(const Json& value, const std::string& place) {
  if (!value.is_structured() || value.empty()) {
    std::cout << place << ' ' << value.dump() << '\n';
    return;
  }
  for (const auto& [key, inner] : value.items()) show_leaves(inner, place + "/" + key);
}

/// Eight bytes with the header's length, a header in JSON, the data.
struct Weights {
  Json header;
  std::string data;
};

Weights weights_of(const std::string& path) {
  const std::string whole = content_of(path);
  std::uint64_t size = 0;
  if (whole.size() < sizeof size) fail(path + " is too short");
  std::memcpy(&size, whole.data(), sizeof size);
  if (size > whole.size() - sizeof size) fail(path + " is too short");
  return {Json::parse(whole.substr(sizeof size, size)), whole.substr(sizeof size + size)};
}

void put_weights(const std::string& path, const Weights& weights) {
  std::string header = weights.header.dump();
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const std::uint64_t size = header.size();
  std::string whole(sizeof size, '\0');
  std::memcpy(whole.data(), &size, sizeof size);
  put(path, whole + header + weights.data);
}

void show_values(const Weights& weights, const std::string& name) {
  const Json& tensor = weights.header.at(name);
  if (tensor.at("dtype") != "F32") fail(name + " is not of 32-bit floats");
  const std::size_t begin = tensor.at("data_offsets").at(0);
  const std::size_t end = tensor.at("data_offsets").at(1);
  if (end > weights.data.size()) fail(name + " lies behind the end");
  for (std::size_t at = begin; at < end; at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, weights.data.substr(at, sizeof value).c_str(), sizeof value);
    std::printf("%.9g\n", static_cast<double>(value));
  }
}

void run(const std::vector<std::string>& words) {
  const std::size_t count = words.size();
  const std::string word = count > 1 ? words[0] : "";
  const auto number = [&](std::size_t i) { return static_cast<unsigned>(std::stoul(words[i])); };
  if (word == "bytes" && count == 2) {
    put(words[1], given_bytes());
  } else if (word == "png" && count == 5) {
    put_png(words[1], number(2), number(3), number(4));
  } else if (word == "leaves" && count == 2) {
    show_leaves(Json::parse(content_of(words[1])), "");
  } else if (word == "values" && count == 3) {
    show_values(weights_of(words[1]), words[2]);
  } else if (word == "metadata" && (count == 4 || count == 5)) {
    Weights weights = weights_of(words[1]);
    Json& metadata = weights.header.at("__metadata__");
    if (!metadata.contains(words[3])) fail(words[3] + " is not there");
    metadata.erase(words[3]);
    if (count == 5) metadata[words[3]] = words[4];
    put_weights(words[2], weights);
  } else {
    fail("see the head of tests/command/test_files.cpp for its words");
  }
}

}  // namespace

int main(int count, char** words) {
  try {
    run({words + 1, words + count});
  } catch (const std::exception& error) {
    fail(error.what());
  }
  return 0;
}
