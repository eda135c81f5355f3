using System.Runtime.InteropServices;

namespace ProbNet.Backends.Cpu;

/// <summary>Zeroed native memory, aligned to 64 bytes, freed on disposal or, failing that, on finalisation.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private byte* _start;

    public NativeBlock(nint bytes)
    {
        Bytes = Math.Max(bytes, 64);
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)Bytes, 64);
        NativeMemory.Clear(_start, (nuint)Bytes);
        GC.AddMemoryPressure(Bytes);
    }

    ~NativeBlock() => Free();

    public nint Bytes { get; }

    public byte* Start => _start;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_start == null) return;
        NativeMemory.AlignedFree(_start);
        _start = null;
        GC.RemoveMemoryPressure(Bytes);
    }
}
