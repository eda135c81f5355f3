using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ProbNet.Graph;
using ProbNet.Inference.Artifacts;

namespace ProbNet.Inference.Tests.Artifacts;

/// <summary>The safetensors format: bits survive, other readers' view agrees, and no damaged file reads.</summary>
public sealed class SafetensorsTests
{
    private static readonly SafetensorsContent Awkward = new(
        new Dictionary<string, HostTensor>
        {
            ["scalar"] = HostTensor.Scalar(DType.F64, -0.0),
            ["nans"] = HostTensor.Of([3], [BitConverter.UInt64BitsToDouble(0x7FF8_0000_DEAD_BEEF), BitConverter.UInt64BitsToDouble(0xFFF0_0000_0000_0001), double.NegativeInfinity]),
            ["floats"] = HostTensor.Of([2, 3], [BitConverter.UInt32BitsToSingle(0x7FA0_1234), -0.0f, float.Epsilon, float.MaxValue, 1.5f, float.NaN]),
            ["truths"] = HostTensor.Of([5], [true, false, true, true, false]),
            ["counts"] = HostTensor.Of([1, 2], [long.MinValue, long.MaxValue]),
            ["empty"] = HostTensor.Of([0, 7], Array.Empty<double>()),
            ["nothing"] = HostTensor.Of([3, 0], Array.Empty<bool>()),
            ["h1.w \"quoted\" μ"] = HostTensor.Of([1], [2f]),
        },
        new Dictionary<string, string> { ["guide"] = "normal on \"*.w\"\nμ", ["a"] = "" });

    [Fact]
    public void EveryBitSurvives()
    {
        var back = SafetensorsReader.Read(Bytes(Awkward), "x");
        Assert.Equal(Awkward.Tensors.OrderBy(t => t.Key), back.Tensors.OrderBy(t => t.Key)); // tensors compare by bits
        Assert.Equal(Awkward.Metadata.OrderBy(m => m.Key), back.Metadata.OrderBy(m => m.Key));
    }

    [Fact]
    public void RandomTensorsSurvive()
    {
        var shapes = Gen.Choose(0, 5).ListOf(3).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithReplay(8, 3), Prop.ForAll(shapes, Gen.Choose(0, 3).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (dims, type, seed) =>
        {
            Shape shape = [.. dims];
            var words = Enumerable.Range(0, shape.Size).Select(i => Philox.At(seed, 0, 0, 2, (uint)i)).ToArray();
            var tensor = (DType)type switch
            {
                DType.F32 => HostTensor.Of(shape, [.. words.Select(w => BitConverter.UInt32BitsToSingle(w.W0))]),
                DType.F64 => HostTensor.Of(shape, [.. words.Select(w => BitConverter.UInt64BitsToDouble((ulong)w.W0 << 32 | w.W1))]),
                DType.I64 => HostTensor.Of(shape, [.. words.Select(w => (long)((ulong)w.W0 << 32 | w.W1))]),
                DType.Bool => HostTensor.Of(shape, [.. words.Select(w => w.W0 % 2 == 0)]),
            };
            var content = new SafetensorsContent(new Dictionary<string, HostTensor> { ["a"] = tensor, ["b"] = HostTensor.Of([1], [true]) }, new Dictionary<string, string>());
            return SafetensorsReader.Read(Bytes(content), "x").Tensors["a"].Equals(tensor);
        }));
    }

    [Fact]
    public void TheBytesAreThoseOfThePublicFormat()
    {
        var content = new SafetensorsContent(
            new Dictionary<string, HostTensor> { ["b"] = HostTensor.Of([2], [1.5f, -2f]), ["a"] = HostTensor.Of([2, 1], [1L, -1L]) },
            new Dictionary<string, string> { ["k"] = "v" });
        const string header = """{"__metadata__":{"k":"v"},"a":{"dtype":"I64","shape":[2,1],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[2],"data_offsets":[16,24]}}""";
        var padded = header.PadRight((header.Length + 7) / 8 * 8);
        byte[] expected =
        [
            (byte)padded.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(padded),
            1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0,
        ];
        Assert.Equal(expected, Bytes(content));
    }

    [Fact]
    public void TheOrderOfDictionariesDoesNotMatter()
    {
        var turned = new SafetensorsContent(Awkward.Tensors.Reverse().ToDictionary(), Awkward.Metadata.Reverse().ToDictionary());
        Assert.Equal(Bytes(Awkward), Bytes(turned));
    }

    [Fact]
    public void EveryTensorStartsAtAMultipleOfItsElementSize()
    {
        var file = Bytes(Awkward);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, length));
        foreach (var tensor in header.RootElement.EnumerateObject().Where(t => t.Name != "__metadata__"))
        {
            var from = 8 + length + tensor.Value.GetProperty("data_offsets")[0].GetInt32();
            Assert.Equal(0, from % Awkward.Tensors[tensor.Name].DType.Size());
        }
    }

    [Fact]
    public void NoTruncationReads()
    {
        var file = Bytes(Awkward);
        for (var length = 0; length < file.Length; length++) Refused(file.AsSpan(0, length).ToArray());
        Refused([.. file, 0]);
    }

    [Fact]
    public void NoFlippedHeaderBitGivesAnExceptionOfAnotherKind()
    {
        // A flip in a name or in metadata text may read; the run folder's checksum finds those. Nothing else may escape.
        var file = Bytes(Awkward);
        var header = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        for (var i = 0; i < header; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var flipped = file.ToArray();
                flipped[i] ^= (byte)(1 << bit);
                try { SafetensorsReader.Read(flipped, "x"); }
                catch (ArtifactException) { }
            }
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'b' overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "bytes 0 to 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "4 bytes follow its last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", 8, "only 8 follow")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "8 bytes where its type and shape take 12")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""", 8, "no valid shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", 8, "no valid shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "no valid data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "no valid data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "no valid data_offsets")]
    [InlineData("""{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", 8, "'F16'")]
    [InlineData("""{"a":{"shape":[4],"data_offsets":[0,8]}}""", 8, "no dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "malformed")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "malformed")]
    [InlineData("""{"a":7}""", 8, "malformed")]
    [InlineData("""{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", 8, "malformed")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "malformed")]
    [InlineData("""["a"]""", 0, "no JSON object")]
    [InlineData("""{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}""", 2, "truth values", 2)]
    public void BadHeadersAreNamed(string header, int bytes, string reason, byte fill = 0)
    {
        var error = Assert.Throws<ArtifactException>(() => SafetensorsReader.Read(File(header, Enumerable.Repeat(fill, bytes).ToArray()), "p.safetensors"));
        Assert.StartsWith("'p.safetensors' cannot be read", error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void AnAbsurdHeaderLengthIsRefusedWithoutAllocating()
    {
        Refused([255, 255, 255, 255, 255, 255, 255, 255, (byte)'{', (byte)'}']);
        Refused([0, 0, 0, 0, 1, 0, 0, 0, (byte)'{', (byte)'}']);
    }

    [Fact]
    public void AFileOfAnotherWriterReads()
    {
        // Tensors out of name order, spaces in the JSON, no metadata.
        var file = File(""" { "w" : { "shape" : [ 1, 2 ], "data_offsets" : [ 8, 16 ], "dtype" : "F32" }, "v" : { "dtype":"F64","shape":[],"data_offsets":[0,8]} }   """.TrimStart(),
            [.. BitConverter.GetBytes(2.5), .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(-3f)]);
        var back = SafetensorsReader.Read(file, "x");
        Assert.Equal(HostTensor.Scalar(DType.F64, 2.5), back.Tensors["v"]);
        Assert.Equal(HostTensor.Of([1, 2], [1f, -3f]), back.Tensors["w"]);
    }

    [Fact]
    public void BytesOfElementsReverseForTheOtherByteOrder() =>
        Assert.Equal([4, 3, 2, 1, 8, 7, 6, 5], Safetensors.Reversed([1, 2, 3, 4, 5, 6, 7, 8], 4));

    [Fact]
    public void TheMetadataNameIsReserved() => Assert.Throws<ArgumentException>(() =>
        Bytes(new(new Dictionary<string, HostTensor> { ["__metadata__"] = HostTensor.Scalar(1) }, new Dictionary<string, string>())));

    private static byte[] Bytes(SafetensorsContent content)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, content);
        return stream.ToArray();
    }

    private static byte[] File(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data];
    }

    private static void Refused(byte[] file) => Assert.Throws<ArtifactException>(() => SafetensorsReader.Read(file, "x"));
}
