using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>
/// What a shared library of Linux says of itself, read without loading it: a loader that maps a truncated file ends the process when it touches what is not there.
/// Source: System V ABI, "Object Files" (ELF-64).
/// </summary>
/// <param name="Needed">The names of the libraries it needs.</param>
/// <param name="SearchPaths">The folders it has them looked for in first.</param>
internal sealed record ElfImage(EqArray<string> Needed, EqArray<string> SearchPaths)
{
    private const int HeaderBytes = 64, SegmentBytes = 56, SectionBytes = 64, EntryBytes = 16, SharedLibrary = 3, MostName = 4096;
    private const uint LoadSegment = 1, DynamicSegment = 2, NoBits = 8;
    private const long NeededTag = 1, StringsTag = 5, RpathTag = 15, RunpathTag = 29;

    /// <summary>Reads a library.</summary>
    /// <param name="path">The file, which is there.</param>
    /// <returns>What it says, or what is wrong with it, to be read after "it": "is truncated".</returns>
    public static (ElfImage? Image, string? Fault) Read(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return new Reader(file, RandomAccess.GetLength(file)).Read(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"cannot be read: {e.Message}");
        }
    }

    private sealed class Reader(Microsoft.Win32.SafeHandles.SafeFileHandle file, long length)
    {
        private readonly record struct Segment(uint Type, long Offset, long Address, long Size);

        public (ElfImage?, string?) Read(string folder)
        {
            if (length == 0) return (null, "is empty");
            if (Bytes(0, Math.Min(length, 4)) is not { } magic || !((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F']).StartsWith(magic)) return (null, "is not a shared library");
            if (Bytes(0, HeaderBytes) is not { } header) return (null, Truncated);
            if (header[4] != 2 || header[5] != 1) return (null, "is not a library for a 64-bit little-endian system");
            if (U16(header, 16) != SharedLibrary) return (null, "is not a shared library");
            if (Machine is { } machine && U16(header, 18) != machine) return (null, $"is a library for another processor, not for {RuntimeInformation.ProcessArchitecture}");
            if (Segments(header) is not { } segments || !SectionsFit(header) || segments.Exists(s => s.Type == LoadSegment && !Fits(s.Offset, s.Size))) return (null, Truncated);
            return Dynamic(segments, folder) is { } image ? (image, null) : (null, Truncated);
        }

        private string Truncated => $"is truncated: it ends after {length} bytes";

        private static int? Machine => RuntimeInformation.ProcessArchitecture switch { Architecture.X64 => 62, Architecture.Arm64 => 183, _ => null };

        private List<Segment>? Segments(byte[] header)
        {
            var (offset, size, count) = (I64(header, 32), U16(header, 54), U16(header, 56));
            if (size != SegmentBytes || Bytes(offset, (long)size * count) is not { } table) return null;
            return [.. Enumerable.Range(0, count).Select(i => i * SegmentBytes).Select(at => new Segment(BitConverter.ToUInt32(table, at), I64(table, at + 8), I64(table, at + 16), I64(table, at + 32)))];
        }

        // They come last in the file, so that whatever is missing at its end is missed here.
        private bool SectionsFit(byte[] header)
        {
            var (offset, size, count) = (I64(header, 40), U16(header, 58), U16(header, 60));
            if (offset == 0) return true;
            if (size != SectionBytes || Bytes(offset, (long)size * count) is not { } table) return false;
            return Enumerable.Range(0, count).Select(i => i * SectionBytes).All(at => BitConverter.ToUInt32(table, at + 4) is NoBits or 0 || Fits(I64(table, at + 24), I64(table, at + 32)));
        }

        private ElfImage? Dynamic(List<Segment> segments, string folder)
        {
            var dynamic = segments.Find(s => s.Type == DynamicSegment);
            if (Bytes(dynamic.Offset, dynamic.Size) is not { } table) return null;
            var entries = Enumerable.Range(0, table.Length / EntryBytes).Select(i => (Tag: I64(table, i * EntryBytes), Value: I64(table, i * EntryBytes + 8))).TakeWhile(e => e.Tag != 0).ToList();
            var address = entries.Find(e => e.Tag == StringsTag).Value;
            var home = segments.Find(s => s.Type == LoadSegment && address >= s.Address && address < s.Address + s.Size);
            var strings = address - home.Address + home.Offset;
            string[] Texts(Func<long, bool> tag) => [.. entries.Where(e => tag(e.Tag)).Select(e => Text(strings + e.Value))];
            return new(Texts(t => t == NeededTag).ToEqArray(),
                Texts(t => t is RpathTag or RunpathTag).SelectMany(p => p.Split(':', StringSplitOptions.RemoveEmptyEntries)).Select(p => p.Replace("${ORIGIN}", folder).Replace("$ORIGIN", folder)).ToEqArray());
        }

        private string Text(long offset)
        {
            var bytes = Bytes(offset, Math.Min(MostName, Math.Max(0, length - offset))) ?? [];
            var end = Array.IndexOf(bytes, (byte)0);
            return Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end);
        }

        private bool Fits(long offset, long size) => offset >= 0 && size >= 0 && offset <= length - size;

        private byte[]? Bytes(long offset, long size)
        {
            if (!Fits(offset, size)) return null;
            var bytes = new byte[size];
            return RandomAccess.Read(file, bytes, offset) == size ? bytes : null;
        }

        private static int U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

        private static long I64(byte[] bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
    }
}
