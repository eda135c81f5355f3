using System.Runtime.InteropServices;
using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>Zeroed native memory, aligned to 64 bytes, freed on disposal or, failing that, on finalisation.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private const int Alignment = 64;

    private void* _block;
    private readonly byte* _start;

    /// <param name="bytes">Its size.</param>
    /// <param name="isDry">Whether only addresses are wanted, to make a plan that is never run: nothing is allocated and nothing may be read or written.</param>
    /// <exception cref="OutOfMemoryException">The system does not have it.</exception>
    public NativeBlock(nint bytes, bool isDry = false)
    {
        Bytes = Math.Max(bytes, 64);
        if (isDry)
        {
            _start = (byte*)(nint)Alignment;
            GC.SuppressFinalize(this);
            return;
        }
        // Memory that the system hands out zeroed is touched when it is first written, not here: a plan over many data rows is made as fast as one over few.
        try
        {
            _block = NativeMemory.AllocZeroed((nuint)Bytes + Alignment);
        }
        catch (OutOfMemoryException e)
        {
            GC.SuppressFinalize(this);
            throw new OutOfMemoryException($"the system refuses {PlanText.Bytes(Bytes)} of memory for a plan", e);
        }
        _start = (byte*)(((nint)_block + Alignment - 1) & -Alignment);
        GC.AddMemoryPressure(Bytes);
        HugePages.Ask(_start, Bytes);
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
