using System.Runtime.InteropServices;
using System.Text;

namespace ProbNet.Inference.Data;

/// <summary>The cells of a row as UTF-8 text in one array, where each ends before it: large files take a fraction of what strings would.</summary>
/// <param name="Bytes">The ends, two bytes each for up to 65,535 bytes of text and four bytes each beyond, then the text.</param>
/// <param name="Count">The number of cells.</param>
internal readonly record struct PackedRow(byte[] Bytes, int Count)
{
    private bool IsShort => Bytes.Length - Count * sizeof(ushort) <= ushort.MaxValue;

    private ReadOnlySpan<byte> Text => Bytes.AsSpan(Count * (IsShort ? sizeof(ushort) : sizeof(int)));

    /// <summary>The UTF-8 text of a cell.</summary>
    public ReadOnlySpan<byte> this[int cell] => Text[(cell == 0 ? 0 : End(cell - 1))..End(cell)];

    /// <summary>The text of a cell.</summary>
    public string String(int cell) => Encoding.UTF8.GetString(this[cell]);

    /// <summary>The texts of all cells.</summary>
    public string[] Strings()
    {
        var result = new string[Count];
        for (var i = 0; i < Count; i++) result[i] = String(i);
        return result;
    }

    /// <summary>The row of a text and where its cells end.</summary>
    public static PackedRow Of(ReadOnlySpan<byte> text, ReadOnlySpan<int> ends)
    {
        var isShort = text.Length <= ushort.MaxValue;
        var head = ends.Length * (isShort ? sizeof(ushort) : sizeof(int));
        var bytes = new byte[head + text.Length];
        if (isShort)
        {
            var narrow = MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan(0, head));
            for (var i = 0; i < ends.Length; i++) narrow[i] = (ushort)ends[i];
        }
        else
        {
            ends.CopyTo(MemoryMarshal.Cast<byte, int>(bytes.AsSpan(0, head)));
        }
        text.CopyTo(bytes.AsSpan(head));
        return new(bytes, ends.Length);
    }

    private int End(int cell) => IsShort ? MemoryMarshal.Cast<byte, ushort>(Bytes)[cell] : MemoryMarshal.Cast<byte, int>(Bytes.AsSpan(0, Count * sizeof(int)))[cell];
}

/// <summary>Collects the cells of one row after another.</summary>
internal sealed class RowPacker
{
    private byte[] _text = new byte[1 << 12];
    private int[] _ends = new int[64];
    private int _length, _count;

    /// <summary>Adds a cell.</summary>
    public void Add(ReadOnlySpan<byte> cell)
    {
        if (_length + cell.Length > _text.Length) Array.Resize(ref _text, 2 * (_length + cell.Length));
        if (_count == _ends.Length) Array.Resize(ref _ends, 2 * _count);
        cell.CopyTo(_text.AsSpan(_length));
        _ends[_count++] = _length += cell.Length;
    }

    /// <summary>The row of the cells added since the last.</summary>
    public PackedRow Take()
    {
        var row = PackedRow.Of(_text.AsSpan(0, _length), _ends.AsSpan(0, _count));
        (_length, _count) = (0, 0);
        return row;
    }
}
