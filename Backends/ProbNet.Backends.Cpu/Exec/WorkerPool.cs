namespace ProbNet.Backends.Cpu;

/// <summary>
/// A few threads that help the calling one with the chunks of a kernel. They start with the first kernel worth splitting, spin briefly between kernels
/// and then sleep. Nothing is allocated to dispatch, and a sleeping helper is never waited for: the caller does the chunks itself.
/// </summary>
internal sealed class WorkerPool(int workers) : IDisposable
{
    private const int SpinsBeforeSleep = 2000;

    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread[] _threads = new Thread[Math.Max(workers - 1, 0)];
    private Kernel? _kernel;

    // Generation (32 bits), chunks (16) and next chunk (16) in one word: whoever increments it in the current generation owns that chunk.
    private long _work;
    private int _completed, _sleeping;
    private volatile bool _stopped;

    public void Run(Kernel kernel)
    {
        var chunks = kernel.Chunks;
        if (_threads.Length == 0)
        {
            for (var chunk = 0; chunk < chunks; chunk++) kernel.Run(chunk, 0);
            return;
        }
        Start();
        _kernel = kernel;
        Volatile.Write(ref _completed, 0);
        Interlocked.Exchange(ref _work, (((_work >> 32) + 1) << 32) | ((long)chunks << 16));
        var sleeping = Volatile.Read(ref _sleeping);
        if (sleeping > 0) _wake.Release(sleeping);
        Help(0);
        var spinner = new SpinWait();
        while (Volatile.Read(ref _completed) < chunks) spinner.SpinOnce(-1);
        _kernel = null;
    }

    /// <summary>Tells the helpers to end, without waiting for them.</summary>
    public void Stop()
    {
        if (_stopped) return;
        _stopped = true;
        _wake.Release(_threads.Length + 1);
    }

    public void Dispose()
    {
        Stop();
        foreach (var thread in _threads) thread?.Join();
        _wake.Dispose();
    }

    private void Start()
    {
        if (_threads[0] is not null) return;
        for (var i = 0; i < _threads.Length; i++)
        {
            var worker = i + 1;
            _threads[i] = new Thread(() => Loop(worker)) { IsBackground = true, Name = $"cpu backend {worker}" };
            _threads[i].Start();
        }
    }

    private void Loop(int worker)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _work) >> 32;
            Help(worker);
            for (var spin = 0; spin < SpinsBeforeSleep && Volatile.Read(ref _work) >> 32 == seen && !_stopped; spin++) Thread.SpinWait(20);
            if (Volatile.Read(ref _work) >> 32 != seen) continue;
            Interlocked.Increment(ref _sleeping);
            // Work published before the increment was seen would not wake us: look once more.
            if (Volatile.Read(ref _work) >> 32 == seen && !_stopped) _wake.Wait();
            Interlocked.Decrement(ref _sleeping);
            if (_stopped) return;
        }
    }

    private void Help(int worker)
    {
        while (true)
        {
            var work = Volatile.Read(ref _work);
            var kernel = Volatile.Read(ref _kernel);
            int chunk = (int)(work & 0xFFFF), chunks = (int)((work >> 16) & 0xFFFF);
            if (chunk >= chunks) return;
            if (Interlocked.CompareExchange(ref _work, work + 1, work) != work) continue;
            // The chunk is ours and its kernel not yet finished, so the kernel read is the one it belongs to.
            kernel!.Run(chunk, worker);
            Interlocked.Increment(ref _completed);
        }
    }
}
