using System.Runtime.InteropServices;

namespace ProbNet.Backends.Cpu;

/// <summary>Zeroed native memory, aligned to 64 bytes, freed on disposal or, failing that, on finalisation.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private const int Alignment = 64;

    private void* _block;
    private readonly byte* _start;

    public NativeBlock(nint bytes)
    {
        Bytes = Math.Max(bytes, 64);
        // Memory that the system hands out zeroed is touched when it is first written, not here: a plan over many data rows is made as fast as one over few.
        _block = NativeMemory.AllocZeroed((nuint)Bytes + Alignment);
        _start = (byte*)(((nint)_block + Alignment - 1) & -Alignment);
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
        if (_block == null) return;
        NativeMemory.Free(_block);
        _block = null;
        GC.RemoveMemoryPressure(Bytes);
    }
}
