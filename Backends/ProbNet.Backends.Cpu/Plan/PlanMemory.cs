namespace ProbNet.Backends.Cpu;

/// <summary>Native memory for the programs of one plan, given out piece by piece and freed together.</summary>
internal sealed unsafe class PlanMemory : IDisposable
{
    private const nint BlockBytes = 1 << 16;

    private readonly List<NativeBlock> _blocks = [];
    private nint _used = BlockBytes;

    /// <summary>Bytes held.</summary>
    public nint Bytes => _blocks.Aggregate((nint)0, (sum, block) => sum + block.Bytes);

    /// <summary>Zeroed memory for <paramref name="count"/> values, aligned to 64 bytes.</summary>
    public T* Take<T>(nint count) where T : unmanaged => (T*)Take(count * sizeof(T));

    /// <summary>A copy of the values.</summary>
    public T* Take<T>(IReadOnlyList<T> values) where T : unmanaged
    {
        var result = Take<T>(values.Count);
        for (var i = 0; i < values.Count; i++) result[i] = values[i];
        return result;
    }

    public byte* Take(nint bytes)
    {
        bytes = (bytes + 63) / 64 * 64;
        if (_blocks.Count == 0 || _used + bytes > _blocks[^1].Bytes)
        {
            _blocks.Add(new NativeBlock(Math.Max(BlockBytes, bytes)));
            _used = 0;
        }
        var result = _blocks[^1].Start + _used;
        _used += bytes;
        return result;
    }

    public void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
    }
}
