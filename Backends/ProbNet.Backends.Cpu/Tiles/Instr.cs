namespace ProbNet.Backends.Cpu;

/// <summary>
/// One step of a tile program: a kernel and the registers it works on. Registers are pointers held by the <see cref="Frame"/>: to a scratch slot,
/// to a stretch of a buffer, or to one value.
/// </summary>
internal unsafe struct Instr
{
    /// <summary>The kernel.</summary>
    public delegate*<Instr*, Frame*, void> Kernel;

    /// <summary>Result and operand registers.</summary>
    public int Dst, A, B, C;

    /// <summary>What the kernel needs beside its operands, e.g. a stride in bytes or a table.</summary>
    public nint P, Q;
}

/// <summary>
/// Where a tile lies in the iteration space, seen as rows × columns: elements [Row * Columns + Column, + Length). A tile is a stretch of one row or
/// several whole rows.
/// </summary>
internal unsafe struct Frame
{
    /// <summary>The registers.</summary>
    public byte** Registers;

    /// <summary>Elements in the tile.</summary>
    public nint Length;

    /// <summary>The first element's row and column.</summary>
    public nint Row, Column;

    /// <summary>Columns of the space.</summary>
    public nint Columns;

    /// <summary>The flat index of the first element.</summary>
    public readonly nint Start => Row * Columns + Column;
}
