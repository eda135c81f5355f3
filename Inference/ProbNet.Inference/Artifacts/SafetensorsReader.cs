using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using ProbNet.Graph;

namespace ProbNet.Inference.Artifacts;

/// <summary>
/// Reads the safetensors format and trusts nothing: header length, JSON, types, shapes and offsets are checked, the tensors must
/// cover the data exactly, and truth values must be 0 or 1. A file of any other length than its header states is refused.
/// </summary>
public static class SafetensorsReader
{
    private const int MaxHeader = 100_000_000; // the format's own limit

    private sealed record Entry(string Name, DType Type, Shape Shape, long From, long To);

    /// <summary>The content of a file's bytes.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="name">The file's name for messages.</param>
    /// <exception cref="ArtifactException">The bytes are not a complete, well-formed file of the element types ProbNet has.</exception>
    public static SafetensorsContent Read(ReadOnlySpan<byte> file, string name)
    {
        if (file.Length < 8) throw Bad(name, $"it has {file.Length} bytes, and the first 8 should state the header's length; it is truncated");
        var stated = BinaryPrimitives.ReadUInt64LittleEndian(file);
        if (stated > MaxHeader) throw Bad(name, $"its header would have {stated} bytes; it is no safetensors file");
        var length = (int)stated;
        if (file.Length - 8 < length) throw Bad(name, $"its header should have {length} bytes and only {file.Length - 8} follow; it is truncated");
        var data = file[(8 + length)..];
        var (entries, metadata) = Header(file.Slice(8, length).ToArray(), name);
        CheckCover(entries, data.Length, name);
        var tensors = new Dictionary<string, HostTensor>(StringComparer.Ordinal);
        foreach (var e in entries) tensors.Add(e.Name, Tensor(e, data[(int)e.From..(int)e.To], name));
        return new(tensors, metadata);
    }

    private static (List<Entry> Entries, Dictionary<string, string> Metadata) Header(byte[] json, string name)
    {
        if (json.Length == 0 || json[0] != (byte)'{') throw Bad(name, "its header is no JSON object");
        try
        {
            var utf8 = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(json);
            using var document = JsonDocument.Parse(utf8, new() { AllowDuplicateProperties = false });
            var entries = new List<Entry>();
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var item in document.RootElement.EnumerateObject())
            {
                if (item.Name == Safetensors.MetadataKey)
                {
                    foreach (var text in item.Value.EnumerateObject()) metadata.Add(text.Name, text.Value.GetString() ?? throw Bad(name, $"metadata '{text.Name}' is no text"));
                }
                else
                {
                    entries.Add(Read(item, name));
                }
            }
            return (entries, metadata);
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException or InvalidOperationException or FormatException)
        {
            throw Bad(name, "its header is malformed", e);
        }
    }

    private static Entry Read(JsonProperty item, string name)
    {
        var dtype = Field("dtype").GetString();
        DType? type = dtype switch { "F32" => DType.F32, "F64" => DType.F64, "I64" => DType.I64, "BOOL" => DType.Bool, _ => null };
        if (type is null) throw Bad(name, $"tensor '{item.Name}' has element type '{dtype}', which ProbNet does not have");
        int[] dims = [.. Field("shape").EnumerateArray().Select(d => d.GetInt32())];
        if (Field("data_offsets").EnumerateArray().Select(o => o.GetInt64()).ToArray() is not [>= 0 and var from, var to] || to < from)
        {
            throw Bad(name, $"tensor '{item.Name}' has no valid data_offsets");
        }
        var size = ElementCount(dims) is { } count ? count * type.Value.Size() : throw Bad(name, $"tensor '{item.Name}' has no valid shape");
        if (to - from != size) throw Bad(name, $"tensor '{item.Name}' has {to - from} bytes where its type and shape take {size}");
        return new(item.Name, type.Value, [.. dims], from, to);

        JsonElement Field(string field) => item.Value.TryGetProperty(field, out var value) ? value : throw Bad(name, $"tensor '{item.Name}' has no {field}");
    }

    private static long? ElementCount(int[] dims)
    {
        long count = 1;
        foreach (var d in dims)
        {
            count *= d;
            if (d < 0 || count > int.MaxValue) return null;
        }
        return count;
    }

    private static void CheckCover(List<Entry> entries, int length, string name)
    {
        long end = 0;
        foreach (var e in entries.OrderBy(e => e.From).ThenBy(e => e.To))
        {
            if (e.From != end) throw Bad(name, e.From < end ? $"tensor '{e.Name}' overlaps another" : $"bytes {end} to {e.From} of its data belong to no tensor");
            end = e.To;
        }
        if (end > length) throw Bad(name, $"its tensors take {end} bytes and only {length} follow the header; it is truncated");
        if (end < length) throw Bad(name, $"{length - end} bytes follow its last tensor");
    }

    private static HostTensor Tensor(Entry entry, ReadOnlySpan<byte> data, string name)
    {
        if (entry.Type == DType.Bool && data.ContainsAnyExceptInRange<byte>(0, 1)) throw Bad(name, $"tensor '{entry.Name}' holds truth values other than 0 and 1");
        var tensor = HostTensor.Zeros(entry.Type, entry.Shape);
        Safetensors.LittleEndian(data, entry.Type.Size()).CopyTo(Safetensors.Bytes(tensor));
        return tensor;
    }

    private static ArtifactException Bad(string name, string why, Exception? inner = null) => new($"'{name}' cannot be read: {why}", inner);
}
