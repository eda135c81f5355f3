using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;

namespace ProbNet.Inference.Artifacts;

/// <summary>Named tensors and text entries, as one file of the public safetensors format holds them.</summary>
/// <param name="Tensors">Name → tensor; F32, F64, I64 or Bool.</param>
/// <param name="Metadata">The entries of <c>__metadata__</c>.</param>
public sealed record SafetensorsContent(IReadOnlyDictionary<string, HostTensor> Tensors, IReadOnlyDictionary<string, string> Metadata);

/// <summary>
/// Writes the safetensors format: the header's length in eight bytes, little-endian; a JSON header that gives each tensor's dtype, shape and
/// data_offsets within the data; the data, little-endian and row-major, without gaps.
/// Source: the format section of the safetensors README (Hugging Face). <see cref="SafetensorsReader"/> reads it.
/// </summary>
public static class Safetensors
{
    /// <summary>The header entry that holds text instead of a tensor.</summary>
    internal const string MetadataKey = "__metadata__";

    /// <summary>The names of element types in the format.</summary>
    internal static string NameOf(DType type) => type switch
    {
        DType.F32 => "F32",
        DType.F64 => "F64",
        DType.I64 => "I64",
        DType.Bool => "BOOL",
    };

    /// <summary>Writes a file's bytes to a stream. Equal content gives equal bytes, whatever the order of the dictionaries.</summary>
    /// <exception cref="ArgumentException">A tensor is called <c>__metadata__</c>.</exception>
    public static void Write(Stream stream, SafetensorsContent content)
    {
        if (content.Tensors.ContainsKey(MetadataKey)) throw new ArgumentException($"no tensor may be called {MetadataKey}", nameof(content));
        Write(stream, content.Tensors.Select(t => new KeyValuePair<string, StateTensor>(t.Key, StateTensor.Of(t.Value))), content.Metadata);
    }

    /// <summary>Writes a file's bytes to a stream; tensors are read one after the other. The bytes up to the first tensor are returned.</summary>
    internal static byte[] Write(Stream stream, IEnumerable<KeyValuePair<string, StateTensor>> content, IReadOnlyDictionary<string, string> metadata)
    {
        // Wide elements first, so that each tensor starts at a multiple of its element size.
        var tensors = content.OrderByDescending(t => t.Value.Type.Size()).ThenBy(t => t.Key, StringComparer.Ordinal).ToArray();
        var header = Header(tensors, metadata);
        var first = new byte[sizeof(ulong) + header.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(first, (ulong)header.Length);
        header.CopyTo(first, sizeof(ulong));
        stream.Write(first);
        foreach (var (_, tensor) in tensors) stream.Write(LittleEndian(Bytes(tensor.Read()), tensor.Type.Size()));
        return first;
    }

    private static byte[] Header(KeyValuePair<string, StateTensor>[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", NameOf(tensor.Type));
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)tensor.Shape.Size * tensor.Type.Size());
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' '); // the format allows blanks at the end, and the data then starts aligned
        return buffer.ToArray();
    }

    /// <summary>A tensor's elements as bytes in this machine's order; not a copy.</summary>
    internal static Span<byte> Bytes(HostTensor tensor) => tensor.Data switch
    {
        float[] f => MemoryMarshal.AsBytes(f.AsSpan()),
        double[] d => MemoryMarshal.AsBytes(d.AsSpan()),
        long[] l => MemoryMarshal.AsBytes(l.AsSpan()),
        bool[] b => MemoryMarshal.AsBytes(b.AsSpan()),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The bytes of elements of <paramref name="size"/> bytes, from this machine's order to little-endian or back.</summary>
    internal static ReadOnlySpan<byte> LittleEndian(ReadOnlySpan<byte> elements, int size) =>
        BitConverter.IsLittleEndian || size == 1 ? elements : Reversed(elements, size);

    /// <summary>A copy with the bytes of each element reversed.</summary>
    internal static byte[] Reversed(ReadOnlySpan<byte> elements, int size)
    {
        var result = elements.ToArray();
        for (var i = 0; i < result.Length; i += size) result.AsSpan(i, size).Reverse();
        return result;
    }
}
