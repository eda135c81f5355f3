namespace ProbNet.Backends.Cpu;

/// <summary>Assigns registers to the values of a region and scratch slots to its tiles; a slot whose tile is no longer needed is used again.</summary>
internal sealed class RegisterFile
{
    private readonly List<Cursor> _cursors = [];
    private readonly List<(int Register, int Slot)> _slots = [];
    private readonly Dictionary<int, Stack<int>> _free = [];

    /// <summary>Registers in use.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes an element of each slot.</summary>
    public List<int> SlotWidths { get; } = [];

    /// <summary>Gives a value that lives in memory its register; does nothing for tiles.</summary>
    public void Point(Value value)
    {
        if (value.Register < 0 && value.Pointer is { } pointer) Point(value, pointer);
    }

    /// <summary>Makes a value live where the cursor points.</summary>
    public void Point(Value value, Cursor cursor)
    {
        value.Register = Count++;
        _cursors.Add(cursor with { Register = value.Register });
    }

    /// <summary>Gives a tile a slot.</summary>
    public void Allocate(Value value)
    {
        if (_free.TryGetValue(value.ElementSize, out var free) && free.Count > 0)
        {
            value.Slot = free.Pop();
        }
        else
        {
            value.Slot = SlotWidths.Count;
            SlotWidths.Add(value.ElementSize);
        }
        value.Register = Count++;
        _slots.Add((value.Register, value.Slot));
    }

    /// <summary>Lets others use a tile's slot from now on.</summary>
    public void Release(Value value)
    {
        if (value.Slot < 0) return;
        if (!_free.TryGetValue(value.ElementSize, out var free)) _free.Add(value.ElementSize, free = new());
        free.Push(value.Slot);
        value.Slot = -1;
    }

    /// <summary>Sets where a pointer that was given a register starts.</summary>
    public unsafe void Rebase(Value value, byte* start)
    {
        var at = _cursors.FindIndex(c => c.Register == value.Register);
        _cursors[at] = _cursors[at] with { Base = start };
    }

    /// <summary>The pointers that move with the tile, or those that do not.</summary>
    public List<Cursor> Cursors(bool moving) => _cursors.FindAll(c => (c.RowStep != 0 || c.ColumnStep != 0 || c.ChunkStep != 0) == moving);

    /// <summary>The registers of tiles with their slots.</summary>
    public IReadOnlyList<(int Register, int Slot)> Slots() => _slots;
}
